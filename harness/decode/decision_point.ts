/**
 * The one mutable point that the loop shows to policies, so that asking
 * allocates nothing.
 *
 * @module
 */
import type { Phase } from "../contract/backend.ts";
import type { ModelInfo } from "../contract/model.ts";
import type { BlockPoint, Limits, RunPoint } from "../contract/policy.ts";
import type { SignalDeclaration } from "../contract/signal.ts";
import { chance, type ChanceKeys, sequenceChance } from "./chance.ts";
import type { Climber } from "./climber.ts";

/** A block point that the loop moves along. */
export class DecisionPoint implements BlockPoint {
  /** Shapes. */
  readonly model: ModelInfo;
  /** Bounds. */
  readonly limits: Limits;
  /** Signals by declared name; NaN until read. */
  readonly signals: Record<string, number> = {};
  /** What the row is for. */
  phase: Phase = "decode";
  /** Position of the row. */
  position = 0;
  /** Tokens emitted before. */
  emitted = 0;
  /** Blocks passed; −1 before the token starts. */
  height = -1;
  /** The policy's state. */
  state: unknown = undefined;
  /** See {@linkcode BlockPoint}. */
  scouted: readonly number[] | undefined = undefined;
  readonly #keys: ChanceKeys;

  /** A point of one item's decoding. */
  constructor(point: RunPoint, keys: ChanceKeys) {
    this.model = point.model;
    this.limits = point.limits;
    this.#keys = keys;
  }

  /** Moves to a row and a height, with all signals unknown. */
  moveTo(row: Climber, height: number, signals: readonly SignalDeclaration[]): void {
    this.phase = row.phase;
    this.position = row.position;
    this.emitted = row.emitted;
    this.height = height;
    for (const { name } of signals) this.signals[name] = NaN;
  }

  /** See {@linkcode BlockPoint}. */
  get sequence(): number {
    return this.#keys.item;
  }

  /** See {@linkcode BlockPoint}. */
  uniform(i: number, of: "position" | "sequence" = "position"): number {
    if (of === "sequence") return sequenceChance(this.#keys, i);
    return chance(this.#keys, { position: this.position, block: this.height, index: i });
  }
}
