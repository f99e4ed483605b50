/**
 * Predicted beside measured speed-ups of static policies.
 *
 * @module
 */
import { figure, figureWithInterval, markdownTable, percent } from "./markdown_table.ts";
import { medianInterval } from "./median_interval.ts";
import { oneRowCosts, type PartResults, type PartRow } from "./part_results.ts";
import { predictSpeedUp, stepCost } from "./prediction.ts";
import { ratioInterval } from "./ratio_interval.ts";
import type { StaticArm } from "./static_policies.ts";

/** Share of the predicted speed-up that a backend must reach. */
export const LEAST_SHARE = 0.92;

/** Arms with their times; full depth first. */
export interface MeasuredArms {
  /** Full depth, then policies. */
  readonly arms: readonly StaticArm[];
  /** Times of each arm in each visit, ms per token. */
  readonly timesMs: readonly (readonly number[])[];
  /** Seed of the resampling. */
  readonly seed: number;
}

/** Speed-ups: predicted from part times, bytes and multiply-accumulates, and measured. */
export function predictionTable(results: PartResults, measured: MeasuredArms): string {
  const { layerCount } = results.model;
  const units: readonly ((row: PartRow) => number)[] = [
    (row) => row.ms.value,
    (row) => row.bytes,
    (row) => row.macs,
  ];
  const costs = units.map((of) => oneRowCosts(results, of));
  const { arms, timesMs, seed } = measured;
  return markdownTable(
    [
      "policy, KV fill",
      "ms/token ↓",
      "parts predict ms",
      "parts predict ×",
      "bytes predict ×",
      "MACs predict ×",
      "measured × ↑",
      "of predicted",
      `≥ ${100 * LEAST_SHARE} %`,
    ],
    arms.map(({ label, program, fill }, i) => {
      const predicted = costs.map((each) =>
        predictSpeedUp(program, { costs: each, fill, layerCount })
      );
      const speedUp = ratioInterval(timesMs[0]!, timesMs[i]!, { seed });
      const ms = medianInterval(timesMs[i]!, { seed });
      const share = speedUp.value / predicted[0]!;
      const baseline = i === 0;
      return [
        label,
        figureWithInterval(ms),
        figure(stepCost(program, { costs: costs[0]!, fill })),
        ...predicted.map((it) => figure(it)),
        baseline ? "1.00" : figureWithInterval(speedUp),
        baseline ? "—" : percent(share),
        baseline ? "—" : share >= LEAST_SHARE ? "yes" : "no",
      ];
    }),
  );
}
