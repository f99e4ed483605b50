/**
 * The ledger: prices of the logical calls of the decode loop.
 *
 * Per row and block, multiply-accumulates (D width, A = heads · headDim,
 * K = kvHeads · headDim, F inner width, n visible positions):
 *
 *     attention 2·D·A + 2·D·K + 2·A·n     mlp 3·D·F (2·D·F when not gated)
 *     readout rows · D (and a named head's steps)     project 2·D·K
 *
 * Weight elements count once per call, however many rows it has.
 *
 * @module
 */
import type { EntryFill, Part } from "../contract/backend.ts";
import type { ModelInfo } from "../contract/model.ts";
import type { Ledger } from "../contract/record.ts";

type Counters = { -readonly [K in keyof Omit<Ledger, "fills">]: number } & {
  fills: Record<keyof Ledger["fills"], number>;
};

function zero(): Counters {
  return {
    rows: 0,
    attention: 0,
    mlp: 0,
    readouts: 0,
    vocabularyRows: 0,
    probeMacs: 0,
    fills: { project: 0, hole: 0, copy: 0, none: 0, recompute: 0 },
    reads: 0,
    macs: 0,
    weightElements: 0,
    kvWritten: 0,
    kvRead: 0,
  };
}

/** Adds up prices. */
export class LedgerCounter {
  readonly #info: ModelInfo;
  #counters: Counters = zero();

  /** Prices follow the model's shapes. */
  constructor(info: ModelInfo) {
    this.#info = info;
  }

  /** Starts again from zero. */
  reset(): void {
    this.#counters = zero();
  }

  /** The sums so far. */
  total(): Ledger {
    return { ...this.#counters, fills: { ...this.#counters.fills } };
  }

  /** Positions entered. */
  rows(count: number): void {
    this.#counters.rows += count;
  }

  /** One block's part run on rows that see `visible` positions in sum. */
  run(part: Part, { rows, visible }: { readonly rows: number; readonly visible: number }): void {
    const { dModel, heads, kvHeads, headDim, ffnSize, gated } = this.#info;
    const wide = heads * headDim;
    const narrow = kvHeads * headDim;
    const c = this.#counters;
    if (part !== "mlp") {
      const weights = 2 * dModel * wide + 2 * dModel * narrow;
      c.attention += rows;
      c.macs += rows * weights + 2 * wide * visible;
      c.weightElements += weights;
      c.kvWritten += 2 * narrow * rows;
      c.kvRead += 2 * narrow * visible;
    }
    if (part !== "attention") {
      const weights = (gated ? 3 : 2) * dModel * ffnSize;
      c.mlp += rows;
      c.macs += rows * weights;
      c.weightElements += weights;
    }
  }

  /** One block's entries filled for rows. */
  fill(fill: EntryFill, rows: number): void {
    const narrow = this.#info.kvHeads * this.#info.headDim;
    const c = this.#counters;
    c.fills[fill] += rows;
    if (fill === "project") {
      c.macs += 2 * this.#info.dModel * narrow * rows;
      c.weightElements += 2 * this.#info.dModel * narrow;
    }
    if (fill === "project" || fill === "copy") c.kvWritten += 2 * narrow * rows;
  }

  /** A pending row's block run in place of a fill: counted by {@linkcode run}, noted here. */
  recompute(rows: number): void {
    this.#counters.fills.recompute += rows;
  }

  /** Readouts of `rows` states over `vocabulary` tokens each, `steps` MACs of a named head before. */
  readout(
    { rows, vocabulary, steps }: {
      readonly rows: number;
      readonly vocabulary: number;
      readonly steps: number;
    },
  ): void {
    const c = this.#counters;
    c.readouts += rows;
    c.vocabularyRows += rows * vocabulary;
    c.macs += rows * (vocabulary * this.#info.dModel + steps);
    c.weightElements += vocabulary * this.#info.dModel + steps;
  }

  /** Probes run on `rows` states. */
  probe({ rows, macs }: { readonly rows: number; readonly macs: number }): void {
    this.#counters.probeMacs += rows * macs;
    this.#counters.macs += rows * macs;
    this.#counters.weightElements += macs;
  }

  /** One wait for the device. */
  read(): void {
    this.#counters.reads++;
  }
}
