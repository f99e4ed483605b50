/**
 * Subsets of the vocabulary that the open step has selected: per row a range of
 * the engine's list of token ids.
 *
 * @module
 */
import type { VocabularySubset } from "../contract/signal.ts";
import { grown } from "./columns.ts";
import type { IdRange } from "./engine.ts";

/** One subset: its rows, and where their ids lie. */
interface RowRanges {
  count: number;
  rows: Int32Array;
  firsts: Int32Array;
  counts: Int32Array;
}

/** Subsets by handle, handles from 1 on; pooled between steps. */
export class Subsets {
  readonly #pool: RowRanges[] = [];
  #used = 0;
  #ids = 0;
  readonly #range: { first: number; count: number } = { first: 0, count: 0 };

  /** Forgets all. */
  reset(): void {
    this.#used = 0;
    this.#ids = 0;
  }

  /** Opens a subset without rows and returns its handle. */
  open(): number {
    const ranges = this.#pool[this.#used] ??= {
      count: 0,
      rows: new Int32Array(4),
      firsts: new Int32Array(4),
      counts: new Int32Array(4),
    };
    ranges.count = 0;
    return ++this.#used;
  }

  /** Takes the next `count` places of the list of ids for a row of a subset. */
  add(handle: number, row: number, count: number): IdRange {
    const ranges = this.#pool[handle - 1]!;
    const at = ranges.count++;
    if (at === ranges.rows.length) {
      ranges.rows = grown(ranges.rows, 2 * at);
      ranges.firsts = grown(ranges.firsts, 2 * at);
      ranges.counts = grown(ranges.counts, 2 * at);
    }
    ranges.rows[at] = row;
    ranges.firsts[at] = this.#ids;
    ranges.counts[at] = count;
    this.#ids += count;
    return { first: ranges.firsts[at]!, count };
  }

  /** The ids of a row; the same object every time. Throws where the row has none. */
  range(subset: VocabularySubset, row: number): IdRange {
    const ranges = subset.subset > this.#used ? undefined : this.#pool[subset.subset - 1];
    let at = 0;
    while (ranges !== undefined && at < ranges.count && ranges.rows[at] !== row) at++;
    if (ranges === undefined || at === ranges.count) {
      throw new RangeError(
        `Cannot read out over a subset: expected a row that it was selected for: current value is ${row}`,
      );
    }
    this.#range.first = ranges.firsts[at]!;
    this.#range.count = ranges.counts[at]!;
    return this.#range;
  }
}
