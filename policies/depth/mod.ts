/**
 * Depth policies: which blocks a token runs.
 *
 * @module
 */
import type { PolicyPlugin } from "../../harness/contract/mod.ts";
import { calm } from "./calm.ts";
import { fixedExit } from "./fixed_exit.ts";
import { fullDepth } from "./full_depth.ts";
import { unifiedLayerSkipping } from "./unified_layer_skipping.ts";

/** All depth policies, the baseline first. */
export const depthPolicies: readonly PolicyPlugin[] = [
  fullDepth,
  fixedExit,
  unifiedLayerSkipping,
  calm,
];
