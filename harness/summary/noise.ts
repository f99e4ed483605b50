/**
 * Whether the timing of a run can be believed.
 *
 * The baseline is timed twice under two names. A run is noisy when the 95 %
 * interval of this A/A comparison excludes a speed-up of 1, or when its
 * half-width (in ln) exceeds the user's margin ln(1 + margin), or when a warm-up
 * did not become steady within its budget. Outliers, drift and autocorrelation
 * are shown beside it and never removed.
 *
 * Screens look at ln T about each prompt's median, so that prompts of different
 * length do not count as noise. Drift is the Theil–Sen slope over at most 200
 * medians of consecutive visits, times the session's length.
 *
 * @module
 */
import type { TimedRecord } from "../contract/record.ts";
import type { Noise, NoiseScreen, Verdict } from "../contract/summary.ts";
import { lagOneAutocorrelation } from "../numerics/autocorrelation.ts";
import { countOutliers } from "../numerics/outliers.ts";
import { median } from "../numerics/quantile.ts";
import { theilSen } from "../numerics/theil_sen.ts";
import { FEW_CLUSTERS, type Interval } from "./bootstrap.ts";
import { ratioOf } from "./clusters.ts";
import { groupBy } from "./run_view.ts";
import { promptKey } from "./speed_up.ts";
import type { Margins } from "./verdict.ts";

const MOST_BINS = 200;

/** What noise is told from beside the A/A comparison. */
export interface NoiseRequest {
  /** Margins of the verdicts. */
  readonly margins: Margins;
  /** Per arm, the sentinel included. */
  readonly screens: readonly NoiseScreen[];
  /** Looks that share the error; 1 when absent. */
  readonly looks?: number;
  /** Verdict on the two copies. */
  readonly verdict?: Verdict;
  /** Whether every warm-up reached a steady state; so it is taken when absent. */
  readonly steady?: boolean;
}

/** Judges the A/A comparison, an interval of ln S. */
export function judgeNoise(
  sentinel: Interval,
  { margins, screens, looks, verdict, steady = true }: NoiseRequest,
): Noise {
  const { low, high, clusters } = sentinel;
  const half = (high - low) / 2;
  const reasons: string[] = [];
  if (Number.isNaN(half)) {
    reasons.push("the baseline and its copy share fewer than two prompts");
  } else {
    if (low > 0 || high < 0) {
      reasons.push(
        `the baseline and its copy differ: their ratio is ${percentChange(low)} to ${
          percentChange(high)
        }, which excludes 0 %`,
      );
    }
    if (half > Math.log1p(margins.margin)) {
      reasons.push(
        `the baseline against its copy is known to ± ${
          (100 * Math.expm1(half)).toFixed(1)
        } % only, the margin is ${formatMargin(margins.margin)}${
          clusters < FEW_CLUSTERS ? ` (${clusters} prompts)` : ""
        }`,
      );
    }
  }
  if (!steady) reasons.push("the times still had a trend when the warm-up's budget was spent");
  return {
    sentinel: ratioOf(sentinel),
    ...(verdict === undefined ? {} : { sentinelVerdict: verdict }),
    ...(looks === undefined ? {} : { looks }),
    verdict: reasons.length === 0 ? "quiet" : "noisy",
    reasons,
    margin: margins.delta,
    screens,
  };
}

/** Screens one arm's visits. */
export function screenNoise(arm: string, records: readonly TimedRecord[]): NoiseScreen {
  const residuals = logResiduals(records);
  const { mad, mild, extreme } = countOutliers(residuals);
  const series = timeSeries(records, residuals);
  const autocorrelation = series === undefined ? NaN : lagOneAutocorrelation(series);
  const drift = series === undefined ? undefined : sessionDrift(series);
  return {
    arm,
    visits: records.length,
    outliers: mad,
    mild,
    extreme,
    ...(Number.isNaN(autocorrelation) ? {} : { autocorrelation }),
    ...(drift === undefined ? {} : { drift }),
  };
}

/** ln of the time per step, about the median of its prompt, in the order of the records. */
function logResiduals(records: readonly TimedRecord[]): readonly number[] {
  const logs = records.map(({ decodeMs, steps }) => Math.log(decodeMs / steps));
  const indices = groupBy(records.keys(), (k) => promptKey(records[k]!));
  const residuals = new Array<number>(records.length).fill(0);
  for (const members of indices.values()) {
    const centre = median(members.map((k) => logs[k]!));
    for (const k of members) residuals[k] = logs[k]! - centre;
  }
  return residuals;
}

/** Residuals in the order in which the visits started; absent when that is not recorded. */
function timeSeries(
  records: readonly TimedRecord[],
  residuals: readonly number[],
): readonly number[] | undefined {
  const starts = records.map(({ startMs }) => startMs ?? NaN);
  if (starts.some(Number.isNaN)) return undefined;
  return [...records.keys()].sort((a, b) => starts[a]! - starts[b]!).map((k) => residuals[k]!);
}

function sessionDrift(series: readonly number[]): NoiseScreen["drift"] {
  const bins = Math.min(MOST_BINS, series.length);
  if (bins < 4) return undefined;
  const medians = Array.from(
    { length: bins },
    (_, bin) =>
      median(series.slice(
        Math.floor(bin * series.length / bins),
        Math.floor((bin + 1) * series.length / bins),
      )),
  );
  const { slope, low, high } = theilSen(medians);
  const change = (perBin: number): number => Math.expm1(perBin * (bins - 1));
  return { value: change(slope), low: change(low), high: change(high) };
}

function percentChange(log: number): string {
  const percent = 100 * Math.expm1(log);
  return `${percent < 0 ? "−" : "+"}${Math.abs(percent).toFixed(1)} %`;
}

function formatMargin(margin: number): string {
  return `${(100 * margin).toFixed(1)} %`;
}
