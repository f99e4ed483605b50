/**
 * Speculative policies: what is drafted for full depth to verify.
 *
 * @module
 */
import type { PolicyPlugin } from "../../harness/contract/mod.ts";
import type { ThresholdOptions, ThresholdState } from "./_draft_threshold.ts";
import type { SkipSet } from "./_skip_set.ts";
import { confLayers, type ConfLayersOptions, type ConfLayersState } from "./conf_layers.ts";
import { del, type DelCounts, type DelOptions, type DelState } from "./del.ts";
import { draftAndVerify, type DraftAndVerifyOptions } from "./draft_and_verify.ts";
import { layerSkip, type LayerSkipOptions } from "./layer_skip.ts";
import { promptLookup, type PromptLookupOptions } from "./prompt_lookup.ts";
import { swift, type SwiftOptions, type SwiftState } from "./swift.ts";
import { valadeDraft, type ValadeDraftOptions } from "./valade_draft.ts";

export { confLayers, del, draftAndVerify, layerSkip, promptLookup, swift, valadeDraft };
export type {
  ConfLayersOptions,
  ConfLayersState,
  DelCounts,
  DelOptions,
  DelState,
  DraftAndVerifyOptions,
  LayerSkipOptions,
  PromptLookupOptions,
  SkipSet,
  SwiftOptions,
  SwiftState,
  ThresholdOptions,
  ThresholdState,
  ValadeDraftOptions,
};

/** All speculative policies. */
export const speculativePolicies: readonly PolicyPlugin[] = [
  layerSkip,
  draftAndVerify,
  swift,
  del,
  confLayers,
  valadeDraft,
  promptLookup,
];
