/**
 * Depth policies: which blocks a token runs.
 *
 * @module
 */
import type { PolicyPlugin } from "../../harness/contract/mod.ts";
import type { ConfidenceMoments } from "./_beta_mixture.ts";
import { calm, type CalmOptions } from "./calm.ts";
import { dLlm, type DLlmOptions } from "./d_llm.ts";
import { d3PositionDecay, type D3PositionDecayOptions } from "./d3_position_decay.ts";
import { fixedExit, type FixedExitOptions } from "./fixed_exit.ts";
import {
  freeShallowDeep,
  type FreeShallowDeepOptions,
  type FreeShallowDeepState,
} from "./free_shallow_deep.ts";
import { fullDepth, type FullDepthOptions } from "./full_depth.ts";
import { glavasController, type GlavasControllerOptions } from "./glavas_controller.ts";
import { layerList, type LayerListOptions } from "./layer_list.ts";
import { oracle, type OracleOptions } from "./oracle.ts";
import { randomExit, type RandomExitOptions } from "./random_exit.ts";
import { randomSkip, type RandomSkipOptions } from "./random_skip.ts";
import {
  type DepthPattern,
  sequenceOracle,
  type SequenceOracleOptions,
} from "./sequence_oracle.ts";
import { shortGpt, type ShortGptOptions } from "./short_gpt.ts";
import { skipDecode, type SkipDecodeOptions } from "./skip_decode.ts";
import {
  type Spacing,
  unifiedLayerSkipping,
  type UnifiedLayerSkippingOptions,
} from "./unified_layer_skipping.ts";
import { valadeHeads, type ValadeHeadsOptions } from "./valade_heads.ts";

export {
  calm,
  d3PositionDecay,
  dLlm,
  fixedExit,
  freeShallowDeep,
  fullDepth,
  glavasController,
  layerList,
  oracle,
  randomExit,
  randomSkip,
  sequenceOracle,
  shortGpt,
  skipDecode,
  unifiedLayerSkipping,
  valadeHeads,
};
export type {
  CalmOptions,
  ConfidenceMoments,
  D3PositionDecayOptions,
  DepthPattern,
  DLlmOptions,
  FixedExitOptions,
  FreeShallowDeepOptions,
  FreeShallowDeepState,
  FullDepthOptions,
  GlavasControllerOptions,
  LayerListOptions,
  OracleOptions,
  RandomExitOptions,
  RandomSkipOptions,
  SequenceOracleOptions,
  ShortGptOptions,
  SkipDecodeOptions,
  Spacing,
  UnifiedLayerSkippingOptions,
  ValadeHeadsOptions,
};

/** All depth policies, the baseline first. */
export const depthPolicies: readonly PolicyPlugin[] = [
  fullDepth,
  fixedExit,
  layerList,
  unifiedLayerSkipping,
  shortGpt,
  skipDecode,
  d3PositionDecay,
  calm,
  freeShallowDeep,
  valadeHeads,
  dLlm,
  glavasController,
  randomSkip,
  randomExit,
  oracle,
  sequenceOracle,
];
