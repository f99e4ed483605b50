/**
 * Exits of any policy, position by position, asked as the decode loop asks.
 *
 * This is the reference: rules have a faster way with the same answers.
 *
 * @module
 */
import type { Action } from "../contract/policy.ts";
import { type BoundDecisions, type BoundPlans, isExitPlan } from "../decode/bound_policy.ts";
import { type ChanceKeys, itemKey } from "../decode/chance.ts";
import { type Climber, climber } from "../decode/climber.ts";
import { DecisionPoint } from "../decode/decision_point.ts";
import { PolicyMemory } from "../decode/policy_memory.ts";
import { type BoundSetting, levelOf, refusal } from "./setting.ts";
import { WaitingPositions } from "./waiting_positions.ts";
import type { TableItem } from "./trace_table.ts";

/** Writes the exit level of every position to `out` [P]. */
export function askExits(out: Uint16Array, bound: BoundSetting): void {
  const { table } = bound;
  for (const item of table.items) {
    const keys = { seed: table.manifest.seed, item: itemKey(item.item) };
    const policy = bound.bound(item.limits);
    if (policy.state?.life === "stream") {
      throw refusal(
        bound.setting.label,
        "its state passes from item to item, and a trace does not hold their order: run it",
      );
    }
    const memory = new PolicyMemory(policy);
    const asker = policy.kind === "plan"
      ? new PlanAsker(bound, policy, { memory, keys })
      : new DecisionAsker(bound, policy, { memory, keys });
    walk(out, item, { bound, memory, asker });
  }
}

/** What an asker needs of one item. */
interface ItemParts {
  readonly memory: PolicyMemory;
  readonly keys: ChanceKeys;
}

interface Asker {
  /** Exit level of the row at a position of the table. */
  level(row: Climber, position: number): number;
}

function walk(
  out: Uint16Array,
  { from, to, promptTokens }: TableItem,
  { bound, memory, asker }: {
    readonly bound: BoundSetting;
    readonly memory: PolicyMemory;
    readonly asker: Asker;
  },
): void {
  const { levels, target, tokens } = bound.table;
  const top = levels.length - 1;
  const waiting = bound.observes ? new WaitingPositions(memory) : undefined;
  const row = climber();
  for (let p = from; p < to; p++) {
    row.emitted = p - from;
    row.position = promptTokens - 1 + row.emitted;
    row.phase = row.emitted === 0 ? "prompt" : "decode";
    memory.startToken();
    const level = row.emitted === 0 && !bound.actsOnPrompt ? top : asker.level(row, p);
    out[p] = level;
    if (!bound.hasState) continue;
    const exitHeight = levels[level]!;
    const { position } = row;
    const finalToken = tokens[p * levels.length + top]!;
    waiting?.readOut({ position, finalToken, leftEarly: level < top });
    memory.tell(() => ({
      kind: "token",
      token: target[p]!,
      predicted: tokens[p * levels.length + level]!,
      exitHeight,
      blocksRun: exitHeight,
    }));
  }
}

class PlanAsker implements Asker {
  readonly #bound: BoundSetting;
  readonly #policy: BoundPlans;
  readonly #memory: PolicyMemory;
  readonly #point: DecisionPoint;

  constructor(bound: BoundSetting, policy: BoundPlans, { memory, keys }: ItemParts) {
    this.#bound = bound;
    this.#policy = policy;
    this.#memory = memory;
    this.#point = new DecisionPoint(policy.point, keys);
  }

  level(row: Climber, position: number): number {
    this.#point.moveTo(row, -1, []);
    if (this.#policy.scouts) this.#point.scouted = this.#scouted(position);
    this.#point.state = this.#memory.current;
    const plan = this.#policy.plan(this.#point);
    if (isExitPlan(plan)) {
      const level = levelOf(plan.length, this.#bound);
      if (plan.length < this.#policy.point.model.layerCount) {
        this.#memory.exited(row.position, { exitHeight: plan.length, signals: {} });
      }
      return level;
    }
    throw refusal(
      this.#bound.setting.label,
      "its plan skips, repeats or reorders blocks, and a trace holds full-depth states only: run it",
    );
  }

  /** What a scout would have found: the trace's tokens of all heights. */
  #scouted(position: number): readonly number[] {
    const { setting, table } = this.#bound;
    const { levels, tokens, manifest } = table;
    if (levels.length !== manifest.model.layerCount + 1) {
      throw refusal(
        setting.label,
        `it looks at every height, and only ${levels.join(", ")} were traced: trace all`,
      );
    }
    return Array.from(tokens.subarray(position * levels.length, (position + 1) * levels.length));
  }
}

class DecisionAsker implements Asker {
  readonly #bound: BoundSetting;
  readonly #policy: BoundDecisions;
  readonly #memory: PolicyMemory;
  readonly #point: DecisionPoint;

  constructor(bound: BoundSetting, policy: BoundDecisions, { memory, keys }: ItemParts) {
    this.#bound = bound;
    this.#policy = policy;
    this.#memory = memory;
    this.#point = new DecisionPoint(policy.point, keys);
  }

  level(row: Climber, position: number): number {
    const { asked, signals, columns, table, hasState, observes } = this.#bound;
    const width = table.levels.length - 1;
    const point = this.#point;
    for (const level of asked) {
      const height = table.levels[level]!;
      point.moveTo(row, height, signals);
      for (let s = 0; s < signals.length; s++) {
        point.signals[signals[s]!.name] = columns[s]![position * width + level]!;
      }
      point.state = this.#memory.current;
      const action = this.#policy.decide(point);
      if (hasState) {
        this.#memory.tell(() => ({
          kind: "decision",
          height,
          action,
          signals: { ...point.signals },
        }));
      }
      if (action === "exit") {
        if (observes) {
          const seen = { exitHeight: height, signals: { ...point.signals } };
          this.#memory.exited(row.position, seen);
        }
        return level;
      }
      if (action !== "run") throw this.#refuse(action, height);
    }
    return width;
  }

  #refuse(action: Action, height: number): Error {
    return refusal(
      this.#bound.setting.label,
      `it decides "${action}" at height ${height}, and a trace knows only what running and ` +
        "exiting lead to: run it",
    );
  }
}
