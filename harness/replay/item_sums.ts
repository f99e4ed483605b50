/**
 * What exits add up to, item by item.
 *
 * Sums of an item depend on its exits, the fill and the checks alone, so an item
 * whose exits are those of the setting before keeps its sums: neighbours of a
 * grid differ in few items.
 *
 * @module
 */
import { blockWork } from "./block_work.ts";
import { exactPositions } from "./exactness.ts";
import { type CheckCosts, checkCosts, type Prices, pricesOf } from "./prices.ts";
import { promptFloor } from "./prompt_floor.ts";
import type { BoundSetting } from "./setting.ts";
import type { TableItem, TraceTable } from "./trace_table.ts";

/** Sums of one item under one setting. Decode rows are those after the first token. */
export interface ItemTotals {
  /** Blocks run in decode rows up to their readouts. */
  readonly blocks: number;
  /** Readouts of decode rows, checks and final ones. */
  readonly readouts: number;
  /** Multiply-accumulates of decode rows. */
  readonly macs: number;
  /** Positions whose token is full depth's, the first included. */
  readonly agreed: number;
  /** KL(full ‖ policy) in nats over all positions; NaN when not traced. */
  readonly kl: number;
  /** −ln p of the target in nats over all positions; NaN when not traced. */
  readonly nll: number;
  /** Positions that are exact. */
  readonly exact: number;
  /** Positions by exit level, 0..H. */
  readonly counts: Uint32Array;
}

/** Sums over one table. */
export class ItemSums {
  readonly #table: TraceTable;
  readonly #prices: Prices;
  readonly #exits: Uint16Array;
  #kind = "";
  #checks: CheckCosts | undefined;
  #totals: ItemTotals[] = [];

  /** Nothing is summed yet. */
  constructor(table: TraceTable) {
    this.#table = table;
    this.#prices = pricesOf(table.manifest.model);
    this.#exits = new Uint16Array(table.size);
  }

  /** Sums of exit levels [P], per item in the table's order. */
  of(exits: Uint16Array, bound: BoundSetting): readonly ItemTotals[] {
    const { items } = this.#table;
    const { setting: { fill }, asked, signals, hasState, observes } = bound;
    const kind = bound.actsOnPrompt
      ? ""
      : JSON.stringify([fill, asked, signals, hasState, observes]);
    const isKnown = kind !== "" && kind === this.#kind;
    if (!isKnown) this.#checks = checkCosts(bound, this.#prices);
    const totals = items.map((item, i) =>
      isKnown && this.#isUnchanged(exits, item)
        ? this.#totals[i]!
        : this.#sum(exits, { item, bound, checks: this.#checks! })
    );
    this.#kind = kind;
    this.#totals = totals;
    this.#exits.set(exits);
    return totals;
  }

  #isUnchanged(exits: Uint16Array, { from, to }: TableItem): boolean {
    const before = this.#exits;
    for (let p = from; p < to; p++) if (exits[p] !== before[p]) return false;
    return true;
  }

  #sum(
    exits: Uint16Array,
    { item, bound, checks }: {
      readonly item: TableItem;
      readonly bound: BoundSetting;
      readonly checks: CheckCosts;
    },
  ): ItemTotals {
    const { levels, agrees, kl, nll } = this.#table;
    const { from, to } = item;
    const counts = new Uint32Array(levels.length);
    let agreed = 0;
    for (let p = from; p < to; p++) {
      const level = exits[p]!;
      counts[level]!++;
      agreed += agrees[p * levels.length + level]!;
    }
    const work = blockWork(exits, { item, bound, prices: this.#prices });
    let blocks = 0;
    let readouts = bound.observes ? work.arrived : 0;
    let macs = work.macs + readouts * this.#prices.readout;
    levels.forEach((height, level) => {
      // The first token comes from the prompt.
      const rows = counts[level]! - (exits[from] === level ? 1 : 0);
      blocks += rows * height;
      readouts += rows * checks.readouts[level]!;
      macs += rows * checks.macs[level]!;
    });
    const floor = promptFloor(bound, item);
    return {
      blocks,
      readouts,
      macs,
      agreed,
      kl: gathered(kl, exits, { item, width: levels.length }),
      nll: gathered(nll, exits, { item, width: levels.length }),
      exact: exactPositions(exits, { item, bound, promptFloor: floor }),
      counts,
    };
  }
}

/** Sum of a column [P, H + 1] at the exits; NaN when it is empty. */
function gathered(
  column: Float32Array,
  exits: Uint16Array,
  { item: { from, to }, width }: { readonly item: TableItem; readonly width: number },
): number {
  if (column.length === 0) return NaN;
  let sum = 0;
  for (let p = from; p < to; p++) sum += column[p * width + exits[p]!]!;
  return sum;
}
