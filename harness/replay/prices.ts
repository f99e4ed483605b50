/**
 * What replayed tokens cost, at the prices of the ledger.
 *
 *     block at sequence position q   base + perVisible · (q + 1)
 *
 * @module
 */
import type { ModelInfo } from "../contract/model.ts";
import { LedgerCounter } from "../decode/ledger.ts";
import { signalKey } from "../trace/traced_signal.ts";
import type { BoundSetting } from "./setting.ts";

/** Multiply-accumulates of a model's parts for one row. */
export interface Prices {
  /** One block, attention's products with visible positions apart. */
  readonly block: number;
  /** One block, per visible position. */
  readonly visible: number;
  /** One projected entry. */
  readonly project: number;
  /** One readout of the shared head. */
  readonly readout: number;
}

/** Prices of a model, from the ledger itself. */
export function pricesOf(model: ModelInfo): Prices {
  const priced = (count: (ledger: LedgerCounter) => void): number => {
    const ledger = new LedgerCounter(model);
    count(ledger);
    return ledger.total().macs;
  };
  const block = priced((ledger) => ledger.run("block", { rows: 1, visible: 0 }));
  return {
    block,
    visible: priced((ledger) => ledger.run("block", { rows: 1, visible: 1 })) - block,
    project: priced((ledger) => ledger.fill("project", 1)),
    readout: priced((ledger) => ledger.readout({ rows: 1, vocabulary: model.vocabSize, steps: 0 })),
  };
}

/** What a token that leaves at a level has paid for checks and its readout. */
export interface CheckCosts {
  /** Readouts by level, the final one included. */
  readonly readouts: Float64Array;
  /** Multiply-accumulates of readouts and probes by level. */
  readonly macs: Float64Array;
}

/** Costs of a setting's checks: each head once per check; the last check is the readout. */
export function checkCosts(bound: BoundSetting, prices: Prices): CheckCosts {
  const { asked, signals, table } = bound;
  const macsOf = new Map(table.manifest.signals.map(({ key, macs }) => [key, macs]));
  const heads = new Map<string, number>();
  let probes = 0;
  for (const signal of signals) {
    const own = macsOf.get(signalKey(signal)) ?? 0;
    if (signal.kind === "readout") heads.set(signal.head, prices.readout + own);
    else if (signal.kind === "probe") probes += own;
  }
  const check = probes + [...heads.values()].reduce((sum, macs) => sum + macs, 0);
  const width = table.levels.length - 1;
  const readouts = new Float64Array(width + 1);
  const macs = new Float64Array(width + 1);
  for (let level = 0; level <= width; level++) {
    const checks = asked.filter((each) => each <= level).length;
    const isReadOut = heads.has("shared") && asked.includes(level);
    readouts[level] = checks * heads.size + (isReadOut ? 0 : 1);
    macs[level] = checks * check + (isReadOut ? 0 : prices.readout);
  }
  return { readouts, macs };
}
