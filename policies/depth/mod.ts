/**
 * Depth policies: which blocks a token runs.
 *
 * @module
 */
import type { PolicyPlugin } from "../../harness/contract/mod.ts";
import { calm, type CalmOptions } from "./calm.ts";
import { fixedExit, type FixedExitOptions } from "./fixed_exit.ts";
import { fullDepth, type FullDepthOptions } from "./full_depth.ts";
import { layerList, type LayerListOptions } from "./layer_list.ts";
import {
  unifiedLayerSkipping,
  type UnifiedLayerSkippingOptions,
} from "./unified_layer_skipping.ts";

export { calm, fixedExit, fullDepth, layerList, unifiedLayerSkipping };
export type {
  CalmOptions,
  FixedExitOptions,
  FullDepthOptions,
  LayerListOptions,
  UnifiedLayerSkippingOptions,
};

/** All depth policies, the baseline first. */
export const depthPolicies: readonly PolicyPlugin[] = [
  fullDepth,
  fixedExit,
  layerList,
  unifiedLayerSkipping,
  calm,
];
