/**
 * Full depth: every token runs every block, in order.
 *
 *     plan = 0, 1, …, L − 1
 *
 * The baseline that all other policies are compared with.
 *
 * Source: none; this is the model as trained.
 * Cost: L blocks and one readout per token.
 * Output: lossless by definition.
 * Errors: none.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode fullDepth}: none. */
export type FullDepthOptions = Readonly<Record<never, never>>;

/** Every block of the model, in order. */
export function planFullDepth(point: contract.RunPoint): contract.Plan {
  return contract.planUpTo(point.model.layerCount);
}

/** Full depth as a plugin. */
export const fullDepth: contract.RunPolicy<FullDepthOptions> = {
  name: "full_depth",
  family: "depth",
  scope: "run",
  card: {
    summary: "Runs every block for every token: the baseline",
    source: "none",
    acts: ["generation", "scoring", "classification"],
    lossless: true,
    training: "none",
    layers: "All L blocks run; the token is read out at height L",
    deviations: [],
  },
  options: {},
  defaultFill: () => "none",
  plan: planFullDepth,
};
