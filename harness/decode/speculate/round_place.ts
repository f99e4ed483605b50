/**
 * The one mutable point that the loop shows to round policies.
 *
 * @module
 */
import type { ModelInfo } from "../../contract/model.ts";
import type { Limits, RunPoint } from "../../contract/policy.ts";
import type { DraftPoint, Proposal } from "../../contract/round.ts";
import { chance, type ChanceKeys } from "../chance.ts";

/** Kinds of uniform numbers of a round, by their index. */
const CHANCES = { policy: 0, draft: 1, accept: 2, next: 3 } as const;

/** A round's and a drafted token's point. */
export class RoundPlace implements DraftPoint {
  /** Shapes. */
  readonly model: ModelInfo;
  /** Bounds. */
  readonly limits: Limits;
  /** Prompt and emitted tokens; the loop appends. */
  readonly tokens: number[];
  /** Signals of the drafted token. */
  signals: Readonly<Record<string, number>> = {};
  /** See {@linkcode DraftPoint}. */
  phase: "prompt" | "decode" = "decode";
  /** See {@linkcode DraftPoint}. */
  emitted = 0;
  /** See {@linkcode DraftPoint}. */
  room = 0;
  /** See {@linkcode DraftPoint}. */
  state: unknown = undefined;
  /** See {@linkcode DraftPoint}. */
  proposal: Proposal = { kind: "none" };
  /** See {@linkcode DraftPoint}. */
  drafted = 0;
  /** See {@linkcode DraftPoint}. */
  token = -1;
  /** See {@linkcode DraftPoint}. */
  height = 0;
  readonly #keys: ChanceKeys;

  /** A point of one sequence that starts with `tokens`. */
  constructor(point: RunPoint, tokens: readonly number[], keys: ChanceKeys) {
    this.model = point.model;
    this.limits = point.limits;
    this.tokens = [...tokens];
    this.#keys = keys;
  }

  /** Index of the newest token. */
  get position(): number {
    return this.tokens.length - 1;
  }

  /** See {@linkcode DraftPoint}. */
  uniform(i: number): number {
    return this.chance("policy", i);
  }

  /**
   * Uniform number of this round: no two kinds or indices share one, and rounds start
   * at positions of their own.
   */
  chance(kind: keyof typeof CHANCES, index: number): number {
    return chance(this.#keys, { position: this.position, block: 1 + CHANCES[kind], index });
  }
}
