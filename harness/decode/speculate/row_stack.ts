/**
 * The rows of a round in one open step: the newest token's and the drafts'.
 *
 * Earlier rows stand at least as high as later ones. Raising rows runs the lowest
 * until they meet others and then all of them together, so that each block writes
 * the entries of all rows below the asked height before a later row attends to
 * them. Rows that a draft has left at height e go on from there: entries and states
 * of blocks 0..e−1 are full depth's own.
 *
 * @module
 */
import type { DecoderStep, Row } from "../../contract/backend.ts";
import type { HiddenMark } from "../../contract/signal.ts";

/** States kept at a height. */
export interface HeightMark {
  /** The height. */
  readonly height: number;
  /** The states. */
  readonly mark: HiddenMark;
  /** Rows of the step that it holds. */
  readonly rows: readonly number[];
}

/** Which rows are marked where. */
export interface Marking {
  /** Heights, ascending. */
  readonly heights: readonly number[];
  /** First row of the step that is marked. */
  readonly from: number;
}

/** Rows with their heights. */
export class RowStack {
  /** The open step. */
  readonly step: DecoderStep;
  /** States kept on the way, in the order in which they were passed. */
  readonly marks: HeightMark[] = [];
  /** Blocks run so far, summed over rows. */
  blocksRun = 0;
  readonly #heights: number[] = [];
  readonly #marking: Marking | undefined;

  /** `count` rows of a step that has just begun; the states of some are kept on the way. */
  constructor(step: DecoderStep, count: number, marking?: Marking) {
    this.step = step;
    this.#marking = marking;
    this.#entered(count);
  }

  /** Rows so far. */
  get count(): number {
    return this.#heights.length;
  }

  #entered(count: number): void {
    const first = this.count;
    for (let i = 0; i < count; i++) this.#heights.push(0);
    this.#mark(0, Array.from({ length: count }, (_, i) => first + i));
  }

  #mark(height: number, rows: readonly number[]): void {
    if (this.#marking === undefined || !this.#marking.heights.includes(height)) return;
    const { from } = this.#marking;
    const marked = rows.filter((row) => row >= from);
    if (marked.length > 0) this.marks.push({ height, mark: this.step.mark(marked), rows: marked });
  }

  /** Adds a row at height 0. */
  add(row: Row): void {
    this.step.extend([row]);
    this.#entered(1);
  }

  /** Brings all rows to `target` or above. */
  raise(target: number): void {
    const heights = this.#heights;
    for (;;) {
      let low = target;
      for (const height of heights) if (height < low) low = height;
      if (low === target) return;
      let next = target;
      const rows: number[] = [];
      heights.forEach((height, row) => {
        if (height === low) rows.push(row);
        else if (height < next) next = height;
      });
      for (const height of this.#marking?.heights ?? []) {
        if (height > low && height < next) next = height;
      }
      this.step.run({ from: low, to: next }, "block", rows);
      this.blocksRun += rows.length * (next - low);
      for (const row of rows) heights[row] = next;
      this.#mark(next, rows);
    }
  }
}
