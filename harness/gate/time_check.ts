/**
 * Time as a gate sees it: two arms of one run, timed side by side in the same
 * blocks. d_ir = ln T_A − ln T_B of block r of prompt i; the verdict is that of
 * every report, at a margin of 5 % or more.
 *
 * A run whose baseline differs from its own copy says nothing about time. A
 * slow-down fails only when a second run with fresh blocks shows it as well.
 *
 * @module
 */
import type { GateCheck } from "../contract/gate.ts";
import type { StoredRun, TimedRecord } from "../contract/record.ts";
import type { Verdict } from "../contract/summary.ts";
import { bootstrapRatios, type Interval } from "../summary/bootstrap.ts";
import { purposeSeed } from "../summary/clusters.ts";
import { decideVerdict, marginsFrom } from "../summary/verdict.ts";

/** Smallest margin of a time gate: shared machines differ by more than that. */
export const LEAST_TIME_MARGIN = 0.05;

/** Which arms, at which margin. */
export interface TimeGate {
  /** Label of arm A. */
  readonly a: string;
  /** Label of arm B. */
  readonly b: string;
  /** A ratio − 1. */
  readonly margin: number;
}

interface TimeFinding {
  /** `noisy` when the run cannot tell. */
  readonly verdict: Verdict | "noisy";
  /** ln of the time of A ÷ that of B. */
  readonly ratio: Interval;
}

/** The check; `undefined` when not both arms were timed in the run. */
export function timeCheck(
  run: StoredRun,
  { gate, confirming }: { readonly gate: TimeGate; readonly confirming?: StoredRun | undefined },
): GateCheck | undefined {
  const first = compareInRun(run, gate);
  if (first === undefined) return undefined;
  const second = first.verdict === "slower" && confirming !== undefined
    ? compareInRun(confirming, gate)
    : undefined;
  const { outcome, says } = judge(first, { second, margin: gate.margin });
  return {
    kind: "time",
    arm: gate.b,
    name: "decode time of A ÷ B",
    a: 1,
    b: Math.exp(first.ratio.value),
    outcome,
    says,
  };
}

function judge(
  first: TimeFinding,
  { second, margin }: { readonly second: TimeFinding | undefined; readonly margin: number },
): Pick<GateCheck, "outcome" | "says"> {
  const found = `B is ${first.verdict}, ${ratioText(first.ratio)}, at a margin of ${
    (100 * margin).toFixed(0)
  } %`;
  switch (first.verdict) {
    case "noisy":
      return {
        outcome: "inconclusive",
        says: "the baseline differs from its own copy, or is known too roughly: repeat the run",
      };
    case "inconclusive":
      return { outcome: "inconclusive", says: `${found}: run longer` };
    case "faster":
      return { outcome: "noted", says: found };
    case "equivalent":
      return { outcome: "pass", says: found };
    case "slower":
      break;
  }
  if (second === undefined) {
    return {
      outcome: "inconclusive",
      says: `${found}: run once more and pass that run as --confirmed to be sure`,
    };
  }
  const again = `${found}; with fresh blocks it is ${second.verdict}, ${ratioText(second.ratio)}`;
  if (second.verdict === "slower") return { outcome: "regression", says: again };
  return { outcome: second.verdict === "noisy" ? "inconclusive" : "noted", says: again };
}

function compareInRun({ manifest, records }: StoredRun, gate: TimeGate): TimeFinding | undefined {
  const timed = (label: string | undefined): readonly TimedRecord[] =>
    records.filter((record): record is TimedRecord =>
      record.arm === label && record.pass === "timed" && record.outcome === "ok"
    );
  const resample = (purpose: string) => ({ seed: purposeSeed(manifest.seed, "gate", purpose) });
  const ratio = logRatio(timed(gate.a), timed(gate.b), resample("time"));
  if (ratio === undefined) return undefined;
  const labelOf = (role: string) => manifest.arms.find((arm) => arm.role === role)?.label;
  const sentinel = logRatio(
    timed(labelOf("baseline")),
    timed(labelOf("sentinel")),
    resample("sentinel"),
  );
  const margins = marginsFrom(gate.margin, sentinel);
  const verdict = isQuiet(sentinel, gate.margin) ? decideVerdict(ratio, margins) : "noisy";
  return { verdict, ratio };
}

/** As a report judges noise: the copy must not differ, and be known within the margin. */
function isQuiet(sentinel: Interval | undefined, margin: number): boolean {
  if (sentinel === undefined) return false;
  const { low, high } = sentinel;
  return low <= 0 && high >= 0 && (high - low) / 2 <= Math.log1p(margin);
}

/** Mean over prompts of ln T_a − ln T_b, blocks paired; `undefined` without a pair. */
function logRatio(
  a: readonly TimedRecord[],
  b: readonly TimedRecord[],
  { seed }: { readonly seed: number },
): Interval | undefined {
  const blockOf = (record: TimedRecord) =>
    JSON.stringify([record.suite, record.item, record.repetition]);
  const others = new Map(a.map((record) => [blockOf(record), record]));
  const prompts = new Map<string, number[]>();
  for (const record of b) {
    const other = others.get(blockOf(record));
    if (other === undefined || !(other.decodeMs > 0 && record.decodeMs > 0)) continue;
    const prompt = JSON.stringify([record.suite, record.item]);
    const logs = prompts.get(prompt) ?? [];
    prompts.set(prompt, logs);
    logs.push(Math.log(other.decodeMs / record.decodeMs));
  }
  if (prompts.size === 0) return undefined;
  const groups = [...prompts.values()];
  const starts = [0];
  for (const group of groups) starts.push(starts.at(-1)! + group.length);
  const shares = groups.flatMap((group) => group.map(() => 1 / group.length));
  const [interval] = bootstrapRatios({
    starts,
    inside: "resampled",
    statistics: [{
      numerators: groups.flat().map((log, k) => log * shares[k]!),
      denominators: shares,
      scale: "linear",
    }],
  }, { seed });
  return interval;
}

function ratioText({ value, low, high }: Interval): string {
  const text = (log: number) => Math.exp(log).toFixed(3);
  return `${text(value)} × [${text(low)}, ${text(high)}]`;
}
