/**
 * Comparisons of two readouts of a state each, their logits held together.
 *
 * @module
 */
import type { Readout, RowSet } from "../contract/signal.ts";
import { StateViews } from "./columns.ts";
import { ASIDE_ROW, type Comparison, HELD_ROWS, type StepEngine } from "./engine.ts";
import type { Marks } from "./marks.ts";
import type { Readouts } from "./readouts.ts";

/** What is compared. */
export interface PairRequest {
  /** How. */
  readonly comparison: Comparison;
  /** One readout. */
  readonly first: Readout;
  /** The other. */
  readonly second: Readout;
}

/** What pairs are read from. */
export interface PairParts {
  /** The engine. */
  readonly engine: StepEngine;
  /** Readouts. */
  readonly readouts: Readouts;
  /** Marks. */
  readonly marks: Marks;
}

/**
 * Collects pairs over the whole vocabulary until their logits fill the rows
 * held, then reads them out in one call and compares.
 */
export class LogitPairs {
  readonly #parts: PairParts;
  /** First and second state of each pair in turn. */
  readonly #views: StateViews = new StateViews();
  readonly #comparisons: Comparison[] = [];
  readonly #cells: number[] = [];
  #head = 0;

  /** Pairs of one step. */
  constructor(parts: PairParts) {
    this.#parts = parts;
  }

  /** Forgets pairs of a read that failed. */
  abandon(): void {
    this.#views.count = 0;
    this.#comparisons.length = 0;
    this.#cells.length = 0;
  }

  /** Compares the readouts of each row into cells from `cell` on, some of them only at {@linkcode LogitPairs.finish}. */
  add(request: PairRequest, rows: RowSet, cell: number): void {
    const { first, second } = request;
    const head = this.#parts.readouts.head(first.head);
    const together = first.vocabulary === undefined && second.vocabulary === undefined &&
      head === this.#parts.readouts.head(second.head);
    if (!together || head !== this.#head) this.finish();
    this.#head = head;
    for (let i = 0; i < rows.length; i++) {
      if (together) this.#collect(request, rows[i]!, cell + i);
      else this.#compareAlone(request, rows[i]!, cell + i);
    }
  }

  #collect({ comparison, first, second }: PairRequest, row: number, cell: number): void {
    const { marks } = this.#parts;
    if (this.#distinct() + 2 > HELD_ROWS) this.finish();
    marks.lookAt(this.#views, row, first.mark);
    marks.lookAt(this.#views, row, second.mark);
    this.#comparisons.push(comparison);
    this.#cells.push(cell);
  }

  #distinct(): number {
    const { ids, count } = this.#views;
    let distinct = 0;
    for (let i = 0; i < count; i++) if (ids.indexOf(ids[i]!) === i) distinct++;
    return distinct;
  }

  /** Compares what was collected. */
  finish(): void {
    const { engine, readouts } = this.#parts;
    const views = this.#views;
    if (views.count === 0) return;
    readouts.hold(views, 0, this.#head);
    const width = readouts.width(0, undefined);
    for (let pair = 0; pair < this.#cells.length; pair++) {
      engine.compare(this.#comparisons[pair]!, {
        first: readouts.heldRow(views.ids[2 * pair]!, this.#head),
        second: readouts.heldRow(views.ids[2 * pair + 1]!, this.#head),
        width,
      }, this.#cells[pair]!);
    }
    this.abandon();
  }

  /** Compares readouts of two heads, or over subsets. */
  #compareAlone({ comparison, first, second }: PairRequest, row: number, cell: number): void {
    const { engine, readouts, marks } = this.#parts;
    const views = this.#views;
    marks.lookAt(views, row, first.mark);
    marks.lookAt(views, row, second.mark);
    const width = readouts.width(row, first.vocabulary);
    if (readouts.width(row, second.vocabulary) !== width) {
      throw new RangeError("Cannot compare two readouts: their vocabularies differ in size");
    }
    engine.setAside(readouts.locate(views, 0, first), width);
    const other = readouts.locate(views, 1, second);
    engine.compare(comparison, { first: ASIDE_ROW, second: other, width }, cell);
    this.abandon();
  }
}
