/**
 * Replay: what settings would do on a traced text, without running the model.
 *
 * @module
 */
import { UnsupportedError } from "../contract/errors.ts";
import { isExitPlan } from "../decode/bound_policy.ts";
import { itemKey } from "../decode/chance.ts";
import { climber } from "../decode/climber.ts";
import { DecisionPoint } from "../decode/decision_point.ts";
import { askExits } from "./asked_exits.ts";
import { blockWork } from "./block_work.ts";
import { basisOf, type PromptFloor, type ReplayBasis } from "./exactness.ts";
import { checkCosts, type Prices, pricesOf } from "./prices.ts";
import { ruleExits, type RuleShared } from "./rule_exits.ts";
import { TokenValues } from "./rule_values.ts";
import { bindSetting, type BoundSetting, refusal, type ReplaySetting } from "./setting.ts";
import type { TraceTable } from "./trace_table.ts";

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
}

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
  readonly #prices: Prices;
  readonly #exits: Uint16Array;
  #rules: RuleShared | undefined;

  /** Nothing is computed yet. */
  constructor(table: TraceTable) {
    this.table = table;
    this.#prices = pricesOf(table.manifest.model);
    this.#exits = new Uint16Array(table.size);
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
    return this.#sum(bound);
  }

  /** Sums of given exit heights [P], at the prices of a setting: to price a real run alike. */
  priced(setting: ReplaySetting, heights: ArrayLike<number>): ReplayPoint["items"] {
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
    return this.#sum(bindSetting(this.table, setting)).items;
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

  #sum(bound: BoundSetting): ReplayPoint {
    const { table } = this;
    const exits = this.#exits;
    const { levels, agrees, kl, nll } = table;
    const width = levels.length - 1;
    const checks = checkCosts(bound, this.#prices);
    const heights = new Array<number>(table.manifest.model.layerCount + 1).fill(0);
    const counts = new Float64Array(width + 1);
    const items = table.items.map((item): ItemTotals => {
      const { from, to } = item;
      counts.fill(0);
      let agreed = 0;
      for (let p = from; p < to; p++) {
        const level = exits[p]!;
        counts[level]!++;
        agreed += agrees[p * (width + 1) + level]!;
      }
      counts.forEach((count, level) => heights[levels[level]!]! += count);
      counts[exits[from]!]!--; // the first token comes from the prompt
      let blocks = 0, readouts = 0;
      let macs = blockWork(exits, { item, bound, prices: this.#prices });
      for (let level = 0; level <= width; level++) {
        blocks += counts[level]! * levels[level]!;
        readouts += counts[level]! * checks.readouts[level]!;
        macs += counts[level]! * checks.macs[level]!;
      }
      const at = { exits, width, from, to };
      return { blocks, readouts, macs, agreed, kl: gathered(kl, at), nll: gathered(nll, at) };
    });
    const basis = basisOf(exits, bound, this.#promptFloor(bound));
    return { setting: bound.setting, origin: "replayed", basis, heights, items };
  }

  /** Lowest exit of the prompt: known for plans, 0 for decisions, whose signals are not traced. */
  #promptFloor(bound: BoundSetting): PromptFloor {
    const { items, manifest } = this.table;
    const { layerCount } = manifest.model;
    if (!bound.actsOnPrompt) return () => layerCount;
    return (i) => {
      const { item, limits, promptTokens } = items[i]!;
      const policy = bound.bound(limits);
      if (policy.kind === "decide") return 0;
      const point = new DecisionPoint(policy.point, { seed: manifest.seed, item: itemKey(item) });
      point.state = policy.state?.initial(policy.point, policy.options);
      const row = { ...climber(), phase: "prompt" as const };
      let floor = layerCount;
      for (row.position = 0; row.position < promptTokens - 1; row.position++) {
        point.moveTo(row, -1, []);
        const plan = policy.plan(point);
        floor = Math.min(floor, isExitPlan(plan) ? plan.length : 0);
      }
      return floor;
    };
  }
}

/** Sum of a column [P, H + 1] at the exits; NaN when it is empty. */
function gathered(
  column: Float32Array,
  { exits, width, from, to }: {
    readonly exits: Uint16Array;
    readonly width: number;
    readonly from: number;
    readonly to: number;
  },
): number {
  if (column.length === 0) return NaN;
  let sum = 0;
  for (let p = from; p < to; p++) sum += column[p * (width + 1) + exits[p]!]!;
  return sum;
}
