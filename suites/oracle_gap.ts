/**
 * Oracle gap: what choosing one depth per sequence in hindsight would gain.
 *
 *     depths     b = L · {1/6, 1/3, 1/2, 2/3, 5/6}, and L
 *     even       layer_list of b blocks evenly spaced, both ends kept
 *     exit       fixed_exit(exit=b)
 *     random     random_skip(blocks=b, route=sequence), two independent draws
 *     clones     random_skip(blocks=L − 1, route=sequence), as many draws as depths
 *
 * Answers are scored at every depth; the exact choice under a budget is made in
 * the summary. The random pairs tell how much of a gain one draw passes on to
 * another (split), the clones how much choosing gains among equally expensive
 * models (clone); the null is drawn from a normal law.
 *
 * Source: Glavas et al. 2024, arXiv:2410.20022.
 *
 * @module
 */
import type { ModelInfo } from "../harness/contract/model.ts";
import type { StudyArm, StudyPlugin } from "../harness/contract/suite.ts";

/** Depths below L, ascending and distinct. */
export function gapDepths({ layerCount }: Pick<ModelInfo, "layerCount">): readonly number[] {
  const depths = [1, 2, 3, 4, 5].map((sixths) => Math.round(sixths * layerCount / 6));
  return [...new Set(depths)].filter((depth) => depth >= 2 && depth < layerCount);
}

/** `count` of `layerCount` blocks, evenly spaced, both ends kept. */
export function evenBlocks(count: number, layerCount: number): readonly number[] {
  return Array.from(
    { length: count },
    (_, k) => Math.floor(k * (layerCount - 1) / (count - 1) + 0.5),
  );
}

function gapArms(model: ModelInfo): readonly StudyArm[] {
  const { layerCount } = model;
  const depths = gapDepths(model);
  return [
    ...depths.flatMap((depth): readonly StudyArm[] => [
      { policy: `layer_list(order=[${evenBlocks(depth, layerCount)}],prompt=false)` },
      { policy: `fixed_exit(exit=${depth})` },
      ...[1, 2].map((draw) => ({
        policy: `random_skip(blocks=${depth},route=sequence,draw=${draw})`,
      })),
    ]),
    ...[...depths, layerCount].map((_, draw): StudyArm => ({
      policy: `random_skip(blocks=${layerCount - 1},route=sequence,draw=${draw})`,
      passes: ["free"],
    })),
  ];
}

/** The study of the oracle gap. */
export const oracleGap: StudyPlugin = {
  name: "oracle_gap",
  summary: "What one depth per sequence, chosen in hindsight, would gain over static depths",
  suites: ["copy", "recall", "arithmetic", "sorting"],
  passes: ["free", "lockstep"],
  arms: gapArms,
};
