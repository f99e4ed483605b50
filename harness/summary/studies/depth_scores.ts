/**
 * Scores of whole answers at every depth, and what choosing among them gains.
 *
 *     gain of choosing = mean_n max_b s[n][b] − max_b mean_n s[n][b]
 *     correlation ρ    = mean over pairs of depths of the correlation of s[·][b], s[·][b']
 *
 * Depths whose scores do not vary have no correlation and are left out of ρ.
 *
 * @module
 */
import { mean, sum, variance } from "../../numerics/moments.ts";
import type { ArmRecords } from "../run_view.ts";
import type { DepthScores } from "../sequence_oracle.ts";

/** Scores with the sequences that they belong to. */
export interface ScoredDepths extends DepthScores {
  /** `suite/item` of each sequence. */
  readonly keys: readonly string[];
}

/** An arm and what its depth costs. */
export interface DepthArm {
  /** Blocks. */
  readonly cost: number;
  /** The arm. */
  readonly arm: ArmRecords;
}

/** Scores of the items that all arms answered; `undefined` when there are none. */
export function scoresOf(arms: readonly DepthArm[]): ScoredDepths | undefined {
  const ordered = [...arms].sort((a, b) => a.cost - b.cost);
  const byItem = ordered.map(({ arm }) =>
    new Map(
      arm.free.flatMap(({ suite, item, score }) =>
        score === undefined ? [] : [[`${suite}/${item}`, score] as const]
      ),
    )
  );
  const keys = [...byItem[0]?.keys() ?? []].filter((key) => byItem.every((map) => map.has(key)));
  if (keys.length === 0 || ordered.length < 2) return undefined;
  return {
    keys,
    costs: ordered.map(({ cost }) => cost),
    scores: keys.map((key) => byItem.map((map) => map.get(key)!)),
  };
}

/** Scores of one depth over all sequences. */
export function column({ scores }: Pick<DepthScores, "scores">, b: number): readonly number[] {
  return scores.map((row) => row[b]!);
}

/** Mean score of each depth. */
export function depthMeans(table: Pick<DepthScores, "costs" | "scores">): readonly number[] {
  return table.costs.map((_, b) => mean(column(table, b)));
}

/** What choosing the best depth of every sequence gains over the best one for all. */
export function choosingGain(table: Pick<DepthScores, "costs" | "scores">): number {
  return mean(table.scores.map((row) => Math.max(...row))) - Math.max(...depthMeans(table));
}

/** Pooled standard deviation of a score, and mean correlation between two depths. */
export function spreadOf(
  table: Pick<DepthScores, "costs" | "scores">,
): { readonly deviation: number; readonly correlation: number } {
  const columns = table.costs.map((_, b) => column(table, b));
  const variances = columns.map(variance);
  const correlations: number[] = [];
  columns.forEach((x, a) => {
    columns.slice(a + 1).forEach((y, k) => {
      const size = Math.sqrt(variances[a]! * variances[a + 1 + k]!);
      if (!(size > 0)) return;
      const mx = mean(x), my = mean(y);
      correlations.push(sum(x.map((v, n) => (v - mx) * (y[n]! - my))) / (x.length - 1) / size);
    });
  });
  return {
    deviation: Math.sqrt(mean(variances)),
    correlation: correlations.length === 0 ? 0 : Math.max(0, mean(correlations)),
  };
}
