/**
 * What an average decode step costs, from the ledgers.
 *
 * Sums over the same items of arm and baseline, per decoded token (prompt and
 * first token apart):
 *
 *     macs       = ( Σ macs_k / tokens_k ) / ( Σ macs_0 / tokens_0 )      weights, kvWritten alike
 *     readouts   = vocabularyRows · D                 of macs, with named heads' own steps
 *     probes     = probeMacs
 *     fills      = projected entries · 2·D·K          K = kvHeads · headDim
 *     blocks     = attention · (2·D·A + 2·D·K) + mlp · (3 or 2)·D·F + A·kvRead/K,  A = heads · headDim
 *
 * Recomputed entries are blocks. Blocks run are (attention + mlp) / 2. An end
 * token, or the row on which a policy stopped, is not listed among a record's
 * tokens but was paid for, so it counts as decoded. Free generations are taken where there are any,
 * else timed visits.
 *
 * @module
 */
import type { ModelInfo } from "../contract/model.ts";
import type { FreeRecord, Ledger, TimedRecord } from "../contract/record.ts";
import type { CostView } from "../contract/summary.ts";
import { sum } from "../numerics/moments.ts";
import { bootstrapRatios } from "./bootstrap.ts";
import { clusterBy, estimateOf } from "./clusters.ts";
import type { ArmRecords } from "./run_view.ts";
import { promptKey, type Resampling } from "./speed_up.ts";

/** Decode steps of one record. */
interface Usage {
  readonly key: string;
  readonly prompt: string;
  readonly tokens: number;
  readonly ledger: Ledger;
}

/** What {@linkcode costOf} needs beside the arm. */
export interface CostRequest extends Resampling {
  /** Full depth. */
  readonly baseline: ArmRecords;
  /** Shapes, for the price of a readout and a block. */
  readonly model: ModelInfo;
}

/** Cost of an arm; `undefined` when no token was decoded beside the baseline's. */
export function costOf(arm: ArmRecords, request: CostRequest): CostView | undefined {
  const { baseline, model, seed, resamples } = request;
  const paired = pairUsage(arm.free.map(freeUsage), baseline.free.map(freeUsage)) ??
    pairUsage(arm.timed.map(timedUsage), baseline.timed.map(timedUsage));
  if (paired === undefined) return undefined;
  const own = totalsOf(paired.own), full = totalsOf(paired.full);
  const relative = (of: (ledger: Ledger) => number): number =>
    (own.total(of) / own.tokens) / (full.total(of) / full.tokens);

  const { values, starts } = clusterBy(paired.own, ({ prompt }) => prompt);
  const [blocksRun] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [{
      numerators: values.map(({ ledger }) => (ledger.attention + ledger.mlp) / 2),
      denominators: values.map(({ tokens }) => tokens),
      scale: "linear",
    }],
  }, { seed, resamples });

  const macs = relative((ledger) => ledger.macs);
  const share = (of: (ledger: Ledger) => number): number =>
    macs * own.total(of) / own.total((ledger) => ledger.macs);
  const blocks = share((ledger) => blockMacs(ledger, model));
  const probes = share((ledger) => ledger.probeMacs);
  const fills = share((ledger) => fillMacs(ledger, model));
  return {
    blocksRun: estimateOf(blocksRun!, { min: 0 }),
    macs,
    weights: relative((ledger) => ledger.weightElements),
    macShares: { blocks, readouts: macs - blocks - probes - fills, probes, fills },
    readouts: own.perToken((ledger) => ledger.readouts),
    reads: own.perToken((ledger) => ledger.reads),
    fills: own.perToken(({ fills }) => sum(Object.values(fills))),
    kvWritten: relative((ledger) => ledger.kvWritten),
  };
}

/** Multiply-accumulates of attention and MLP parts. */
function blockMacs({ attention, mlp, kvRead }: Ledger, model: ModelInfo): number {
  const wide = model.heads * model.headDim, narrow = model.kvHeads * model.headDim;
  return attention * 2 * model.dModel * (wide + narrow) +
    mlp * (model.gated ? 3 : 2) * model.dModel * model.ffnSize +
    wide * kvRead / narrow; // kvRead = 2 · narrow · visible, attention = 2 · wide · visible
}

/** Multiply-accumulates of projected entries; the other fills multiply nothing. */
function fillMacs({ fills }: Ledger, model: ModelInfo): number {
  return fills.project * 2 * model.dModel * model.kvHeads * model.headDim;
}

interface Totals {
  readonly tokens: number;
  total(of: (ledger: Ledger) => number): number;
  perToken(of: (ledger: Ledger) => number): number;
}

function totalsOf(usages: readonly Usage[]): Totals {
  const tokens = sum(usages.map((usage) => usage.tokens));
  const total = (of: (ledger: Ledger) => number): number =>
    sum(usages.map(({ ledger }) => of(ledger)));
  return { tokens, total, perToken: (of) => total(of) / tokens };
}

function pairUsage(
  own: readonly Usage[],
  full: readonly Usage[],
): { own: readonly Usage[]; full: readonly Usage[] } | undefined {
  const decoded = (usages: readonly Usage[]): Map<string, Usage> =>
    new Map(usages.filter(({ tokens }) => tokens > 0).map((usage) => [usage.key, usage]));
  const owns = decoded(own), fulls = decoded(full);
  const keys = [...owns.keys()].filter((key) => fulls.has(key));
  if (keys.length === 0) return undefined;
  return { own: keys.map((key) => owns.get(key)!), full: keys.map((key) => fulls.get(key)!) };
}

function freeUsage(record: FreeRecord): Usage {
  return {
    key: promptKey(record),
    prompt: promptKey(record),
    // The first token comes from the prompt; one that ends the answer is not listed.
    tokens: record.tokens.length - 1 +
      (record.ended === "eos" || record.ended === "policy" ? 1 : 0),
    ledger: record.decodeLedger,
  };
}

function timedUsage(record: TimedRecord): Usage {
  return {
    key: `${promptKey(record)}/${record.repetition}`,
    prompt: promptKey(record),
    tokens: record.steps * (record.rows ?? 1),
    ledger: record.decodeLedger,
  };
}
