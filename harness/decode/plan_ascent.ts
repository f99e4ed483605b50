/**
 * Rows under plans that are known before a token starts: no reads on the way.
 *
 * @module
 */
import type { DecoderStep, EntryFill } from "../contract/backend.ts";
import { ContractError } from "../contract/errors.ts";
import { type Plan, planUpTo } from "../contract/policy.ts";
import { type BoundPlans, isExitPlan } from "./bound_policy.ts";
import type { Climber } from "./climber.ts";
import type { DecisionPoint } from "./decision_point.ts";
import type { Companions } from "./kv_fill/recompute.ts";
import { compilePlan, type PlanProgram } from "./plan_program.ts";
import type { PolicyMemory } from "./policy_memory.ts";
import { markExits, rowsOf, runParts, runSpan } from "./row_runner.ts";
import { scoutRows } from "./scout.ts";
import { uncounted } from "./metered_step.ts";

/** What the ascents of one sequence share. */
export interface AscentParts {
  /** The point shown to the policy. */
  readonly point: DecisionPoint;
  /** Its state. */
  readonly memory: PolicyMemory;
  /** Rows left below the top, when the fill is `recompute` and rows go one by one. */
  readonly companions: Companions | undefined;
}

/** Runs plans. */
export class PlanAscent {
  readonly #bound: BoundPlans;
  readonly #parts: AscentParts;
  readonly #layerCount: number;
  readonly #full: PlanProgram;
  readonly #programs: WeakMap<Plan, PlanProgram> = new WeakMap();
  /** Blocks whose entry some position lacks for good: it skipped them under the fill `none`. */
  readonly #dropped: Set<number> = new Set();

  /** For one sequence. */
  constructor(bound: BoundPlans, parts: AscentParts) {
    this.#bound = bound;
    this.#parts = parts;
    this.#layerCount = bound.point.model.layerCount;
    this.#full = compilePlan(planUpTo(this.#layerCount), this.#layerCount);
  }

  #program(row: Climber, scouted?: readonly number[]): PlanProgram {
    if (row.fullDepth) return this.#full;
    const { point, memory } = this.#parts;
    memory.startToken();
    point.moveTo(row, -1, []);
    point.scouted = scouted;
    point.state = memory.current;
    const plan = this.#bound.plan(point);
    let program = this.#programs.get(plan);
    if (program === undefined) {
      if (this.#bound.fill === "recompute" && !isExitPlan(plan)) {
        throw new RangeError(
          `Cannot cross policy "${this.#bound.name}" with KV fill "recompute": only exits can be recomputed, it skips blocks in the middle: use project or hole`,
        );
      }
      program = compilePlan(plan, this.#layerCount);
      this.#programs.set(plan, program);
    }
    if (this.#bound.fill === "none" && !this.#bound.fixed) this.#prove(plan);
    return program;
  }

  /** Proves that no row reads an entry that an earlier one never wrote: plans must be nested. */
  #prove(plan: Plan): void {
    const attended = new Set<number>();
    for (const { block, part } of plan) if (part !== "mlp") attended.add(block);
    for (let block = 0; block < this.#layerCount; block++) {
      if (!attended.has(block)) this.#dropped.add(block);
      else if (this.#dropped.has(block)) {
        throw new RangeError(
          `Cannot cross policy "${this.#bound.name}" with KV fill "none": block ${block} runs after a token that skipped it and left no entry there: use project or hole`,
        );
      }
    }
  }

  /** Runs the rows up. Waits only where the policy scouts. */
  climb(step: DecoderStep, climbers: readonly Climber[]): void | Promise<void> {
    if (this.#bound.scouts && climbers.some(({ fullDepth }) => !fullDepth)) {
      return this.#scout(step, climbers);
    }
    const groups = new Map<PlanProgram, Climber[]>();
    for (const row of climbers) this.#group(groups, row);
    this.#run(step, climbers, groups);
  }

  #group(
    groups: Map<PlanProgram, Climber[]>,
    row: Climber,
    scouted?: readonly number[],
  ): void {
    const program = this.#program(row, scouted);
    row.exitHeight = program.exitHeight;
    row.blocksRun = program.blocksRun;
    const group = groups.get(program);
    if (group === undefined) groups.set(program, [row]);
    else group.push(row);
  }

  /**
   * Runs the rows at full depth, shows what they found, and runs their plans from
   * the bottom; runs and fills overwrite the entries. With `recompute` those are
   * what waiting rows will be given in the end: a batch is read out at its exits,
   * and a single row finds its predecessors' entries in place.
   */
  async #scout(step: DecoderStep, climbers: readonly Climber[]): Promise<void> {
    const scouts = climbers.filter(({ fullDepth }) => !fullDepth);
    const once = this.#bound.fill === "recompute" && this.#parts.companions === undefined;
    const { marks, tokens } = await scoutRows(once ? step : uncounted(step), {
      rows: rowsOf(once ? climbers : scouts),
      read: rowsOf(scouts),
      layerCount: this.#layerCount,
    });
    const groups = new Map<PlanProgram, Climber[]>();
    scouts.forEach((row, i) => this.#group(groups, row, tokens[i]));
    for (const row of climbers) if (row.fullDepth) this.#group(groups, row);
    if (once) {
      for (const row of scouts) row.exitMark = marks[row.exitHeight];
      return;
    }
    uncounted(step).restore(marks[0]!);
    this.#run(step, climbers, groups);
  }

  #run(
    step: DecoderStep,
    climbers: readonly Climber[],
    groups: ReadonlyMap<PlanProgram, readonly Climber[]>,
  ): void {
    const { fill } = this.#bound;
    if (fill === "recompute") this.#exits(step, climbers);
    else if (groups.size > 1) this.#interleave(step, { groups, fill });
    else {
      for (const [program, rows] of groups) this.#execute(step, { program, rows, fill });
    }
  }

  #execute(
    step: DecoderStep,
    { program, rows, fill }: {
      readonly program: PlanProgram;
      readonly rows: readonly Climber[];
      readonly fill: EntryFill;
    },
  ): void {
    const set = rowsOf(rows);
    for (const instruction of program.instructions) {
      if (instruction.kind === "fill") step.fillKv(instruction.span, fill, set);
      else step.run(instruction.span, instruction.part, set, instruction.pass);
    }
  }

  /** Different plans in one batch, block by block. */
  #interleave(
    step: DecoderStep,
    { groups, fill }: {
      readonly groups: ReadonlyMap<PlanProgram, readonly Climber[]>;
      readonly fill: EntryFill;
    },
  ): void {
    for (const { parts } of groups.keys()) {
      if (parts !== undefined) continue;
      throw new ContractError(
        this.#bound.name,
        "plans that repeat blocks or change their order cannot share a batch with other plans",
      );
    }
    for (let block = 0; block < this.#layerCount; block++) {
      const skipping: number[] = [];
      const attending: number[] = [];
      const feeding: number[] = [];
      for (const [{ parts }, rows] of groups) {
        const part = parts![block];
        for (const { row } of rows) {
          if (part === "block" || part === "attention") attending.push(row);
          else skipping.push(row);
          if (part === "block" || part === "mlp") feeding.push(row);
        }
      }
      step.fillKv(block, fill, skipping);
      runParts(step, { block, attending, feeding });
    }
  }

  /** Exits with `recompute`: left below the top one by one, marked in a batch. */
  #exits(step: DecoderStep, climbers: readonly Climber[]): void {
    const { companions } = this.#parts;
    if (companions !== undefined) { // one row, or full-depth rows of a prompt
      const { exitHeight, position } = climbers[0]!;
      const span = { from: 0, to: exitHeight };
      if (exitHeight < this.#layerCount) {
        this.#parts.memory.exited(position, { exitHeight, signals: {} });
      }
      return runSpan(step, rowsOf(climbers), { span, companions });
    }
    for (let l = 0; l <= this.#layerCount; l++) {
      markExits(step, climbers.filter(({ exitHeight }) => exitHeight === l));
      if (l < this.#layerCount) step.run(l, "block", rowsOf(climbers));
    }
  }
}
