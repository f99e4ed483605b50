/**
 * Comparisons of rows of logits and of states, on the device.
 *
 * @module
 */
import type { StateSignal } from "../../harness/contract/signal.ts";
import { ASIDE_ROW, type Comparison } from "../../harness/stepping/mod.ts";
import { Call, TABLE_ROWS } from "./commands.ts";
import type { Room } from "./device_memory.ts";
import type { Heads } from "./heads.ts";
import { padded } from "./matrix.ts";
import type { DeviceParts } from "./product.ts";
import { writeTable } from "./row_tables.ts";

/** Codes of shaders/compare_logits.wgsl. */
const COMPARE: Readonly<Record<Comparison, number>> = { kl: 0, cosine: 1, centredCosine: 2 };
/** Codes of shaders/state_signal.wgsl. */
const STATE_SIGNAL: Readonly<Record<StateSignal, number>> = {
  cosine: 0,
  relativeNorm: 1,
  featureEntropy: 2,
};

/** What is compared. */
export interface ComparisonParts extends DeviceParts {
  /** Rows of logits, and cells. */
  readonly heads: Heads;
  /** Residual states [.., padded dModel]. */
  readonly states: Room;
  /** Width of a state. */
  readonly dModel: number;
}

/** Comparisons of one session. */
export class Comparisons {
  readonly #parts: ComparisonParts;
  readonly #calls: Map<string, Call> = new Map();
  readonly #signals: Readonly<Record<StateSignal, Call>>;

  /** Over the rows of some heads. */
  constructor(parts: ComparisonParts) {
    this.#parts = parts;
    const { memory, kernels, heads, states, dModel } = parts;
    const params = memory.uniform("states", Uint32Array.of(dModel, padded(dModel), 0, 0));
    const signal = (name: StateSignal): Call =>
      new Call(
        kernels.get("stateSignal", { KIND: STATE_SIGNAL[name] }),
        () => [states.buffer, heads.cells.buffer, params],
      );
    this.#signals = {
      cosine: signal("cosine"),
      relativeNorm: signal("relativeNorm"),
      featureEntropy: signal("featureEntropy"),
    };
  }

  /** See `StepEngine.setAside`. */
  setAside(row: number, width: number): void {
    const { commands, heads } = this.#parts;
    const { room, at } = heads.place(row);
    const to = { buffer: heads.place(ASIDE_ROW).room.buffer, at: 0 };
    commands.copy(to, { buffer: room.buffer, at: 4 * at }, 4 * width);
  }

  /** See `StepEngine.keepLogits`. */
  keepLogits(row: number, width: number, cell: number): void {
    const { commands, heads } = this.#parts;
    const { room, at } = heads.place(row);
    const to = { buffer: heads.cells.buffer, at: 4 * cell };
    commands.copy(to, { buffer: room.buffer, at: 4 * at }, 4 * width);
  }

  /** See `StepEngine.compare`. */
  compare(
    comparison: Comparison,
    { first, second, width }: {
      readonly first: number;
      readonly second: number;
      readonly width: number;
    },
    cell: number,
  ): void {
    const { kernels, commands, heads } = this.#parts;
    const [a, b] = [heads.place(first), heads.place(second)];
    const key = `${comparison} ${Math.min(first, 0)} ${Math.min(second, 0)}`;
    let call = this.#calls.get(key);
    if (call === undefined) {
      const kernel = kernels.get("compareLogits", { KIND: COMPARE[comparison] });
      call = new Call(kernel, () => [a.room.buffer, b.room.buffer, heads.cells.buffer]);
      this.#calls.set(key, call);
    }
    commands.dispatch(call, writeTable(commands, [width, a.at, b.at, cell], [], 0), 1);
  }

  /** See `StepEngine.stateSignals`. */
  stateSignals(
    signal: StateSignal,
    { a, b, count }: {
      readonly a: Int32Array;
      readonly b: Int32Array;
      readonly count: number;
    },
    cell: number,
  ): void {
    const { commands } = this.#parts;
    for (let from = 0; from < count; from += TABLE_ROWS) {
      const rows = Math.min(TABLE_ROWS, count - from);
      const cells = Int32Array.from({ length: rows }, (_, i) => cell + from + i);
      const columns = [a.subarray(from), b.subarray(from), cells];
      commands.dispatch(this.#signals[signal], writeTable(commands, [rows], columns, rows), rows);
    }
  }
}
