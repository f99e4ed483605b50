/**
 * Replay: what settings would do on a traced text, without running the model.
 *
 * @module
 */
import { UnsupportedError } from "../contract/errors.ts";
import { askExits } from "./asked_exits.ts";
import type { ReplayBasis } from "./exactness.ts";
import { ItemSums, type ItemTotals } from "./item_sums.ts";
import { ruleExits, type RuleShared } from "./rule_exits.ts";
import { TokenValues } from "./rule_values.ts";
import { bindSetting, type BoundSetting, refusal, type ReplaySetting } from "./setting.ts";
import type { TraceTable } from "./trace_table.ts";

/** One setting, replayed. */
export interface ReplayPoint {
  /** The setting. */
  readonly setting: ReplaySetting;
  /** Tag: nothing of it was run. */
  readonly origin: "replayed";
  /** How far it can be believed. */
  readonly basis: ReplayBasis;
  /** Positions by height of their readout, 0..L. */
  readonly heights: readonly number[];
  /** Sums per item, in the table's order. */
  readonly items: readonly ItemTotals[];
}

/** Replays settings over one table. What they share is computed once. */
export class Replayer {
  /** The table. */
  readonly table: TraceTable;
  readonly #exits: Uint16Array;
  readonly #sums: ItemSums;
  #rules: RuleShared | undefined;

  /** Nothing is computed yet. */
  constructor(table: TraceTable) {
    this.table = table;
    this.#exits = new Uint16Array(table.size);
    this.#sums = new ItemSums(table);
  }

  /** Height at which every position is read out [P]. Throws `UnsupportedError` in one sentence. */
  exits(setting: ReplaySetting): Uint16Array {
    this.#find(bindSetting(this.table, setting));
    return this.#exits.map((level) => this.table.levels[level]!);
  }

  /** One setting. Throws `UnsupportedError` in one sentence where the trace cannot answer. */
  point(setting: ReplaySetting): ReplayPoint {
    const bound = bindSetting(this.table, setting);
    this.#find(bound);
    const items = this.#sums.of(this.#exits, bound);
    const { levels, size, manifest } = this.table;
    const heights = new Array<number>(manifest.model.layerCount + 1).fill(0);
    let exact = 0;
    for (const item of items) {
      exact += item.exact;
      for (let level = 0; level < levels.length; level++) {
        heights[levels[level]!]! += item.counts[level]!;
      }
    }
    const kind = exact === size ? "exact" : "departure";
    return { setting, origin: "replayed", basis: { kind, exact, positions: size }, heights, items };
  }

  /** Sums of given exit heights [P], at the prices of a setting: to price a real run alike. */
  priced(setting: ReplaySetting, heights: ArrayLike<number>): readonly ItemTotals[] {
    const { levels, size } = this.table;
    for (let p = 0; p < size; p++) {
      const level = levels.indexOf(heights[p] ?? -1);
      if (level < 0) {
        throw new UnsupportedError(
          `Cannot price an exit at height ${heights[p]}: expected one of ${levels.join(", ")}`,
        );
      }
      this.#exits[p] = level;
    }
    return this.#sums.of(this.#exits, bindSetting(this.table, setting));
  }

  #find(bound: BoundSetting): void {
    const { plugin, options, label } = bound.setting;
    if (plugin.scope === "rule") {
      const { when, then } = plugin.rule(this.table.manifest.model, options);
      if (then !== "exit") {
        throw refusal(
          label,
          `its rule leads to "${then}", and a trace knows only what running and exiting lead to: run it`,
        );
      }
      this.#rules ??= { values: new TokenValues(this.table), maxima: new Map() };
      if (ruleExits(this.#exits, bound, { rule: when, shared: this.#rules })) return;
    }
    askExits(this.#exits, bound);
  }
}
