/**
 * Suitability: whether early exit is worth trying on a model.
 *
 * Full depth is read out at every height and compared with the top (the
 * Early-exit Adaptability Score and its variants), beside upper bounds and what
 * policies really achieve:
 *
 *     oracle      first agreement, entries projected from the exits: what filling costs
 *     fixed_exit  the static depth that keeps 95 % of the score
 *     calm, unified_layer_skipping      real policies on the same items
 *
 * Source: Wei et al. 2026, arXiv:2603.23701; the paper's text was not available,
 * what is ours is said in the view.
 * Cost: L + 1 readouts per position of full depth, and of the oracle's.
 *
 * @module
 */
import type { ModelInfo } from "../harness/contract/model.ts";
import type { StudyArm, StudyPlugin } from "../harness/contract/suite.ts";

/** Static depths: the top six, two thirds and a half of the blocks. */
export function staticDepths({ layerCount }: Pick<ModelInfo, "layerCount">): readonly number[] {
  const top = Array.from({ length: 6 }, (_, i) => layerCount - 1 - i);
  const depths = [...top, Math.round(2 * layerCount / 3), Math.round(layerCount / 2)];
  return [...new Set(depths)].filter((depth) => depth >= 1).sort((a, b) => b - a);
}

function suitabilityArms(model: ModelInfo): readonly StudyArm[] {
  return [
    { policy: "oracle(agreement=first,minExit=1)", passes: ["lockstep"] },
    ...staticDepths(model).map((exit) => ({ policy: `fixed_exit(exit=${exit})` })),
    ...[0.5, 0.9].map((threshold): StudyArm => ({
      policy: `calm(measure=softmax,threshold=${threshold})`,
      shown: true,
    })),
    { policy: "unified_layer_skipping(ratio=1.25,spacing=even)", shown: true },
  ];
}

/** The study of suitability. */
export const suitability: StudyPlugin = {
  name: "suitability",
  summary: "Whether early exit is worth trying: how early the model agrees with itself",
  suites: ["recall", "arithmetic", "prose"],
  passes: ["free", "lockstep"],
  lens: true,
  arms: suitabilityArms,
};
