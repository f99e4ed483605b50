/**
 * Block influence from what the lens saw.
 *
 *     BI_l = 1 − mean over positions of cos(h_l, h_{l+1})        l = 0..L − 1
 *
 * Source: Men et al. 2024, arXiv:2403.03853.
 *
 * @module
 */
import type { LockstepRecord } from "../../contract/record.ts";

/** Influence of every block; `undefined` when no text was read through the lens. */
export function blockInfluences(
  records: readonly LockstepRecord[],
): readonly number[] | undefined {
  const lenses = records.flatMap(({ lens }) => lens === undefined ? [] : [lens]);
  if (lenses.length === 0) return undefined;
  const positions = lenses.reduce((sum, lens) => sum + lens.positions, 0);
  return lenses[0]!.blocks.map((_, block) =>
    1 - lenses.reduce((sum, lens) => sum + lens.blocks[block]!, 0) / positions
  );
}
