/**
 * Moving rows up the residual stream under a bound policy.
 *
 * Rows of one call may be one decode row or a whole text. At each block the
 * entries of rows that skip it are written before the rows that run it attend,
 * so a batch equals one row after the other (design: property 7). With the fill
 * `recompute` a batch runs all blocks and is read out at the exits.
 *
 * @module
 */
import type { DecoderStep } from "../contract/backend.ts";
import { SHARED_READOUT } from "../contract/signal.ts";
import type { BoundDepth } from "./bound_policy.ts";
import type { ChanceKeys } from "./chance.ts";
import type { Climber } from "./climber.ts";
import { DecisionAscent } from "./decision_ascent.ts";
import { DecisionPoint } from "./decision_point.ts";
import type { Companions } from "./kv_fill/recompute.ts";
import { PlanAscent } from "./plan_ascent.ts";
import { PolicyMemory } from "./policy_memory.ts";
import { type RuledAscent, ruledAscent } from "./ruled_ascent.ts";
import type { CarriedState } from "./stream_state.ts";

/** How rows are moved. */
export interface AscentOptions extends ChanceKeys {
  /** Rows left below the top by earlier exits; for `recompute`, one row at a time. */
  readonly companions?: Companions | undefined;
  /** What the sequence before has left to a state of life "stream"; it starts anew when absent. */
  readonly carried?: CarriedState | undefined;
}

/** Moves rows under one policy; one instance per sequence. */
export class Ascent {
  readonly #memory: PolicyMemory;
  readonly #way: PlanAscent | DecisionAscent;
  readonly #ruled: RuledAscent | undefined;
  readonly #layerCount: number;
  #isRuled = false;

  /** An ascent of one sequence. */
  constructor(bound: BoundDepth, options: AscentOptions) {
    this.#memory = new PolicyMemory(bound, options.carried);
    this.#layerCount = bound.point.model.layerCount;
    const parts = {
      point: new DecisionPoint(bound.point, options),
      memory: this.#memory,
      companions: options.companions,
    };
    this.#ruled = options.companions === undefined ? ruledAscent(bound, parts.point) : undefined;
    this.#way = bound.kind === "plan"
      ? new PlanAscent(bound, parts)
      : new DecisionAscent(bound, parts);
  }

  /** Runs the rows up; writes heights, blocks run and marks into the climbers. */
  async climb(step: DecoderStep, climbers: readonly Climber[]): Promise<void> {
    for (const row of climbers) this.#start(row);
    await this.#way.climb(step, climbers);
  }

  /**
   * Runs one row up. Where the device itself can decide, the height at which it
   * left is known only after the next read: {@linkcode Ascent.landed} notes it.
   */
  async climbAlone(step: DecoderStep, row: Climber): Promise<void> {
    this.#isRuled = false;
    if (this.#ruled === undefined || !this.#ruled.takes(step, row)) {
      return await this.climb(step, [row]);
    }
    this.#isRuled = true;
    this.#start(row);
    this.#memory.startToken();
    this.#ruled.climb(step, row);
  }

  /** Notes at which height the row of {@linkcode Ascent.climbAlone} left, once it was read out. */
  landed(step: DecoderStep, row: Climber): void {
    if (!this.#isRuled) return;
    row.exitHeight = step.ruleHeights?.[0] ?? this.#layerCount;
    row.blocksRun = row.exitHeight;
  }

  #start(row: Climber): void {
    row.exitHeight = this.#layerCount;
    row.head = SHARED_READOUT.head;
    row.vocabulary = undefined;
    row.choice = undefined;
    row.stopped = false;
    row.exitMark = undefined;
    row.reading = undefined;
  }

  /** Tells a stateful policy which token came of a row, and what its readout gave. */
  emitted(token: number, predicted: number, { exitHeight, blocksRun }: Climber): void {
    this.#memory.tell(() => ({ kind: "token", token, predicted, exitHeight, blocksRun }));
  }

  /** Whether {@linkcode recomputed} is of use. */
  get observesRecomputed(): boolean {
    return this.#memory.observesRecomputed;
  }

  /** Tells a stateful policy what full depth predicts at a position that had left early. */
  recomputed(position: number, predicted: number): void {
    this.#memory.recomputed(position, predicted);
  }
}
