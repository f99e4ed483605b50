/**
 * A real run beside its replay: the same sums from lockstep records of the same
 * text, and how often a position left where the replay said.
 *
 * @module
 */
import { InputError } from "../contract/errors.ts";
import type { LockstepRecord, RunRecord } from "../contract/record.ts";
import { sum } from "../numerics/moments.ts";
import { type CurveNumbers, curveNumbers, type CurveOptions } from "./curve.ts";
import type { ItemTotals } from "./item_sums.ts";
import type { Replayer } from "./replayer.ts";
import type { ReplaySetting } from "./setting.ts";

/** What a real run gave. */
export interface RealRun {
  /** Its numbers; multiply-accumulates are those of its exits at the ledger's prices. */
  readonly numbers: CurveNumbers;
  /** Share of positions that left at the height that the replay says. */
  readonly sameExits: number;
}

/** Sums a real run up. Throws `InputError` unless every traced item has an equal text in `records`. */
export function realRun(
  replayer: Replayer,
  { setting, records }: {
    readonly setting: ReplaySetting;
    readonly records: readonly RunRecord[];
  },
  options: CurveOptions,
): RealRun {
  const { table } = replayer;
  const replayed = replayer.exits(setting);
  const byItem = new Map(records.map((record) => [`${record.suite}/${record.item}`, record]));
  const runs = table.items.map(({ suite, item, from, to }): LockstepRecord => {
    const record = byItem.get(`${suite}/${item}`);
    if (record?.outcome === "ok" && record.pass === "lockstep") {
      const { tokens } = record;
      const isSame = tokens.length === to - from &&
        tokens.every((token, i) => token === table.target[from + i]);
      if (isSame) return record;
    }
    const why = record === undefined || record.outcome === "ok"
      ? "its text is another one"
      : record.outcome === "failed"
      ? record.message
      : record.reason;
    throw new InputError(
      `Cannot check policy "${setting.label}": expected a run of item "${
        item.slice(0, 12)
      }" of suite "${suite}": ${why}`,
    );
  });
  const heights = Uint16Array.from(runs.flatMap((run) => run.heights));
  const priced = replayer.priced(setting, heights);
  const totals = runs.map((run, i): ItemTotals => ({
    ...priced[i]!,
    blocks: sum(run.blocksRun.slice(1)),
    agreed: run.flips.length - sum(run.flips),
    kl: sum(run.kl),
    nll: sum(run.policyNll),
  }));
  const same = heights.reduce((count, height, p) => count + (height === replayed[p] ? 1 : 0), 0);
  return { numbers: curveNumbers(table, totals, options), sameExits: same / heights.length };
}
