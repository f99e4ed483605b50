/**
 * Where an arm's decode time goes: its ledger priced with the times of parts.
 *
 * Per decode step of one row, with n the ledger's counts and t the median part times of
 * the run's own probes (ms):
 *
 *     blocks     n_pairs t_block + rest of attention t_attention + rest of MLP t_mlp
 *     readouts   n_vocabularyRows / V · t_head
 *     waits      (reads without a readout) · t_signal
 *     fills      Σ n_fill t_fill          recomputed entries are blocks
 *     step       n_rows t_step
 *     predicted  their sum                residual = (measured − predicted) / measured full depth
 *
 * The residual is what the parts do not explain: calls block by block instead of
 * all at once, the policy's own decisions, and noise. It is red above a tenth of a
 * full-depth step, either way.
 *
 * @module
 */
import type { Ledger, PartTimes, TimedRecord } from "../contract/record.ts";
import type { LedgerView } from "../contract/summary.ts";
import { sum } from "../numerics/moments.ts";
import { median } from "../numerics/quantile.ts";
import { type ArmRecords, groupBy } from "./run_view.ts";
import { promptKey } from "./speed_up.ts";

/** Share of a full-depth step above which a residual is red. */
export const RED_RESIDUAL = 0.1;

/** Median times of parts over all visits; `undefined` when none was probed. */
export function partTimesOf(records: readonly TimedRecord[]): PartTimes | undefined {
  const probes = records.flatMap(({ parts }) => parts === undefined ? [] : [parts]);
  const [first] = probes;
  if (first === undefined) return undefined;
  const names = Object.keys(first) as (keyof PartTimes)[];
  const entries = names.map((name) => [name, median(probes.map((parts) => parts[name]))]);
  return Object.fromEntries(entries) as unknown as PartTimes;
}

/** Times by what they are for, ms per step. */
export type LedgerTimes = Pick<
  LedgerView,
  "blocksMs" | "readoutsMs" | "waitsMs" | "fillsMs" | "stepMs"
>;

/** Prices a ledger of `steps` decode steps. */
export function priceLedger(
  ledger: Ledger,
  { parts, steps, vocabSize }: {
    readonly parts: PartTimes;
    readonly steps: number;
    readonly vocabSize: number;
  },
): LedgerTimes {
  const pairs = Math.min(ledger.attention, ledger.mlp);
  const { project, hole, none, copy } = ledger.fills;
  const readouts = ledger.vocabularyRows / vocabSize;
  return {
    blocksMs: (pairs * parts.block + (ledger.attention - pairs) * parts.attention +
      (ledger.mlp - pairs) * parts.mlp) / steps,
    readoutsMs: readouts * parts.head / steps,
    waitsMs: Math.max(0, ledger.reads - ledger.readouts) * parts.signal / steps,
    fillsMs: (project * parts.project + (hole + none) * parts.hole + copy * parts.copy) / steps,
    stepMs: ledger.rows * parts.step / steps,
  };
}

function totalOf(times: LedgerTimes): number {
  return times.blocksMs + times.readoutsMs + times.waitsMs + times.fillsMs + times.stepMs;
}

/**
 * Decode time per step, ms: of each step of each prompt the median over its visits,
 * then the mean, because steps differ and what disturbs a clock hits few of them.
 */
function measuredMs(records: readonly TimedRecord[]): number {
  const times: number[] = [];
  let steps = 0;
  for (const visits of groupBy(records, promptKey).values()) {
    const [first] = visits;
    const read = visits.filter(({ stepMs }) => stepMs?.length === first!.stepMs?.length);
    if (first!.stepMs === undefined) times.push(median(visits.map(({ decodeMs }) => decodeMs)));
    else times.push(...first!.stepMs.map((_, t) => median(read.map(({ stepMs }) => stepMs![t]!))));
    steps += first!.steps;
  }
  return sum(times) / steps;
}

function sumsOf(records: readonly TimedRecord[]): {
  readonly ledger: Ledger;
  readonly steps: number;
} {
  const total = (of: (ledger: Ledger) => number) =>
    sum(records.map(({ decodeLedger }) => of(decodeLedger)));
  const fill = (kind: keyof Ledger["fills"]) => total(({ fills }) => fills[kind]);
  const ledger: Ledger = {
    rows: total(({ rows }) => rows),
    attention: total(({ attention }) => attention),
    mlp: total(({ mlp }) => mlp),
    readouts: total(({ readouts }) => readouts),
    vocabularyRows: total(({ vocabularyRows }) => vocabularyRows),
    probeMacs: total(({ probeMacs }) => probeMacs),
    fills: {
      project: fill("project"),
      hole: fill("hole"),
      copy: fill("copy"),
      none: fill("none"),
      recompute: fill("recompute"),
    },
    reads: total(({ reads }) => reads),
    macs: total(({ macs }) => macs),
    weightElements: total(({ weightElements }) => weightElements),
    kvWritten: total(({ kvWritten }) => kvWritten),
    kvRead: total(({ kvRead }) => kvRead),
  };
  return { ledger, steps: sum(records.map(({ steps }) => steps)) };
}

/** Where an arm's time goes; `undefined` when it was not timed or no part was. */
export function ledgerViewOf(
  arm: ArmRecords,
  { baseline, vocabSize }: { readonly baseline: ArmRecords; readonly vocabSize: number },
): LedgerView | undefined {
  const parts = partTimesOf(baseline.timed);
  const together = arm.timed.some(({ rows = 1 }) => rows > 1); // parts are those of one row
  if (parts === undefined || arm.timed.length === 0 || together) return undefined;
  const price = (records: readonly TimedRecord[]) => {
    const { ledger, steps } = sumsOf(records);
    return priceLedger(ledger, { parts, steps, vocabSize });
  };
  const own = price(arm.timed), full = price(baseline.timed);
  const measured = measuredMs(arm.timed), fullMeasured = measuredMs(baseline.timed);
  const predicted = totalOf(own);
  const residual = (measured - predicted) / fullMeasured;
  return {
    ...own,
    predictedMs: predicted,
    measuredMs: measured,
    residual,
    red: Math.abs(residual) > RED_RESIDUAL,
    predictedSpeedUp: totalOf(full) / predicted,
    blocksOnlySpeedUp: full.blocksMs / own.blocksMs,
  };
}
