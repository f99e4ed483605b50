/**
 * The fill `recompute`: positions that left early keep their state and run the
 * missing blocks together with the next row that needs them.
 *
 * Sources: EE-LLM (arXiv 2312.04916), KV recomputation; FREE (arXiv 2310.05424),
 * synchronized parallel decoding.
 *
 * @module
 */
import type { DecoderStep } from "../../contract/backend.ts";

/** Most positions left pending; one more and all are run to full depth. */
export const MAX_PENDING = 32;

interface Pending {
  readonly position: number;
  height: number;
  /** Row of the open step once it has joined. */
  row: number | undefined;
}

/** A position at the top of the open step. */
export interface Arrival {
  /** Where in its slot. */
  readonly position: number;
  /** Its row of the open step. */
  readonly row: number;
}

/** Positions of one slot that stand below the top. */
export class Companions {
  readonly #slot: number;
  readonly #layerCount: number;
  #pending: Pending[] = [];

  /** None yet. */
  constructor(slot: number, layerCount: number) {
    this.#slot = slot;
    this.#layerCount = layerCount;
  }

  /** How many positions are pending. */
  get count(): number {
    return this.#pending.length;
  }

  /** Rows of all pending positions at this height or joined before, entering the step if needed. */
  joinAt(step: DecoderStep, height: number): readonly number[] {
    const entering = this.#pending.filter((p) => p.height === height && p.row === undefined);
    const rows = step.extend(entering.map(({ position }) => ({
      slot: this.#slot,
      position,
      token: "pending",
      phase: "decode",
    })));
    entering.forEach((pending, i) => pending.row = rows[i]!);
    return this.#pending.filter((p) => p.height === height).map((p) => p.row!);
  }

  /** Notes that the rows that were joined at block `l` have run it. */
  passed(l: number): void {
    for (const pending of this.#pending) {
      if (pending.row !== undefined && pending.height === l) pending.height = l + 1;
    }
  }

  /** Takes the positions that had left early and are at the top now, in position order. */
  takeArrived(): readonly Arrival[] {
    const arrived: Arrival[] = [];
    this.#pending = this.#pending.filter(({ position, height, row }) => {
      if (height < this.#layerCount || row === undefined) return true;
      arrived.push({ position, row });
      return false;
    });
    return arrived;
  }

  /** Runs every pending position to the top in the open step. */
  flush(step: DecoderStep): void {
    for (let l = 0; l < this.#layerCount; l++) {
      const rows = this.joinAt(step, l);
      if (rows.length > 0) step.run(l, "block", rows);
      this.passed(l);
    }
  }

  /** Adds the row of the open step that leaves at `height`. */
  add({ position, height, row }: {
    readonly position: number;
    readonly height: number;
    readonly row: number;
  }): void {
    if (height < this.#layerCount) this.#pending.push({ position, height, row });
  }

  /** After a commit: joined rows have left the step, those at the top are done. */
  committed(): void {
    this.#pending = this.#pending.filter(({ height }) => height < this.#layerCount);
    for (const pending of this.#pending) pending.row = undefined;
  }
}
