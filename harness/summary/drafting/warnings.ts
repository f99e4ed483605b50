/**
 * What must be said of drafts before anything else.
 *
 * @module
 */
import type { ArmSummary } from "../../contract/summary.ts";

/** Arms whose texts are not full depth's. */
export function draftWarnings(arms: readonly ArmSummary[]): readonly string[] {
  return arms.flatMap(({ label, drafting }) => {
    const { bug = 0, nearTie = 0 } = drafting?.certificates ?? {};
    if (bug > 0) {
      const texts = bug === 1 ? "text differs" : "texts differ";
      return [
        `${label}: ${bug} ${texts} from full depth's beyond near-ties: its verification is broken`,
      ];
    }
    if (nearTie === 0) return [];
    const texts = nearTie === 1 ? "text differs" : "texts differ";
    return [`${label}: ${nearTie} ${texts} from full depth's at a near-tie of kernels`];
  });
}
