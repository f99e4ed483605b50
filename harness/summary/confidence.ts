/**
 * How far confidence can be trusted where tokens left: of given texts, the
 * tokens that a policy let out below L, by height, then in groups of equal number
 * by the first signal it declares.
 *
 *     confidence   Σ signal / n          agreement   p = Σ agreed / n
 *
 * The interval is Wilson's with n* trials. Tokens of a text are alike, so n* is
 * what the clustered error of p allows:
 *
 *     SE² = C/(C−1) · Σ_c ( Σ_{i∈c} (a_i − p) )² / n²      C: texts
 *     n*  = p (1 − p) / SE², within [C, n];  C where p is 0 or 1
 *
 * The first token of a text comes from the prompt and is left out.
 *
 * @module
 */
import type { LockstepRecord } from "../contract/record.ts";
import type { ConfidenceBin, Estimate, ExitConfidence } from "../contract/summary.ts";
import { mean } from "../numerics/moments.ts";
import { wilsonInterval } from "../numerics/proportion.ts";
import { groupBy } from "./run_view.ts";

/** Most groups of one height. */
const MOST_BINS = 5;

/** Fewest tokens of a group. */
const LEAST_TOKENS = 8;

/** A token that left. */
interface Left {
  readonly height: number;
  readonly signal: number;
  readonly agreed: boolean;
  readonly cluster: string;
}

/** Signal against agreement of an arm; `undefined` where nothing left by a signal. */
export function confidenceOf(
  records: readonly LockstepRecord[],
  layerCount: number,
): ExitConfidence | undefined {
  const first = records.find(({ signals }) => signals !== undefined)?.signals;
  if (first === undefined) return undefined;
  const tokens = records.flatMap((record) => leftTokens(record, layerCount));
  if (tokens.length === 0) return undefined;
  const heights = [...groupBy(tokens, ({ height }) => String(height)).values()]
    .sort((a, b) => a[0]!.height - b[0]!.height);
  const shown = heights.filter(({ length }) => length >= LEAST_TOKENS);
  return {
    signal: first.names[0]!,
    kind: first.kinds[0]!,
    bins: shown.flatMap(binsOf),
    leftOut: tokens.length - shown.reduce((total, { length }) => total + length, 0),
  };
}

function leftTokens(record: LockstepRecord, layerCount: number): readonly Left[] {
  const { signals, heights, flips, suite, group } = record;
  const column = signals?.values[0];
  if (signals === undefined || column === undefined) return [];
  return heights.flatMap((height, t) => {
    const signal = column[t]!;
    const left = t > 0 && height < layerCount && signals.heights[t] === height;
    return left && Number.isFinite(signal)
      ? [{ height, signal, agreed: flips[t] === 0, cluster: `${suite}/${group}` }]
      : [];
  });
}

/** Groups of one height, of equal number up to one token. */
function binsOf(tokens: readonly Left[]): readonly ConfidenceBin[] {
  const sorted = tokens.toSorted((a, b) => a.signal - b.signal);
  const count = Math.min(MOST_BINS, Math.floor(sorted.length / LEAST_TOKENS));
  return Array.from({ length: count }, (_, i) => {
    const part = sorted.slice(
      Math.round(i * sorted.length / count),
      Math.round((i + 1) * sorted.length / count),
    );
    return {
      height: part[0]!.height,
      confidence: mean(part.map(({ signal }) => signal)),
      agreement: agreementOf(part),
      tokens: part.length,
    };
  });
}

function agreementOf(tokens: readonly Left[]): Estimate {
  const value = mean(tokens.map(({ agreed }) => Number(agreed)));
  const clusters = [...groupBy(tokens, ({ cluster }) => cluster).values()];
  const squares = clusters.reduce((total, members) => {
    const sum = members.reduce((inner, { agreed }) => inner + Number(agreed) - value, 0);
    return total + sum * sum;
  }, 0);
  const [c, n] = [clusters.length, tokens.length];
  const variance = c / (c - 1) * squares / (n * n);
  const allowed = value * (1 - value) / variance;
  const trials = Number.isNaN(allowed) ? c : Math.min(n, Math.max(c, allowed));
  const { low, high } = wilsonInterval(value * trials, trials);
  return { value, low, high, clusters: c };
}
