/**
 * Values of a rule that are functions of the token, for every position of a table.
 *
 * Positions that differ in nothing that the function read share one call: a pure
 * function that reads equal numbers takes the same way.
 *
 * @module
 */
import type { Phase } from "../contract/backend.ts";
import type { ModelInfo } from "../contract/model.ts";
import type { Limits, TokenPoint } from "../contract/policy.ts";
import type { TraceTable } from "./trace_table.ts";

/** A token point that notices what is asked of it. */
class WatchedPoint implements TokenPoint {
  readonly model: ModelInfo;
  readonly state: unknown = undefined;
  limits: Limits;
  phase: Phase = "decode";
  emitted = 0;
  at = 0;
  readPosition = false;
  drewChance = false;

  constructor(model: ModelInfo, limits: Limits) {
    this.model = model;
    this.limits = limits;
  }

  get position(): number {
    this.readPosition = true;
    return this.at;
  }

  get sequence(): number {
    this.drewChance = true;
    return 0;
  }

  uniform(): number {
    this.drewChance = true;
    return 0.5;
  }
}

/** Evaluates functions of the token on a table. */
export class TokenValues {
  readonly #table: TraceTable;
  readonly #point: WatchedPoint;
  /** Positions that have limits, phase and `emitted` in common. */
  readonly #classes: readonly (readonly number[])[];
  readonly #itemOf: Uint32Array;

  /** Sorts the positions of a table. */
  constructor(table: TraceTable) {
    this.#table = table;
    this.#point = new WatchedPoint(table.manifest.model, table.items[0]!.limits);
    this.#itemOf = new Uint32Array(table.size);
    const classes = new Map<string, number[]>();
    table.items.forEach(({ from, to, limits }, i) => {
      for (let p = from; p < to; p++) {
        this.#itemOf[p] = i;
        const key = `${limits.maxTokens}/${limits.context}/${p - from}`;
        const members = classes.get(key);
        if (members === undefined) classes.set(key, [p]);
        else members.push(p);
      }
    });
    this.#classes = [...classes.values()];
  }

  /**
   * The value at every position [P]; `undefined` when the function draws chance,
   * which differs from height to height.
   */
  of(value: (point: TokenPoint) => number): Float64Array | undefined {
    const out = new Float64Array(this.#table.size);
    const point = this.#point;
    point.drewChance = false;
    for (const members of this.#classes) {
      point.readPosition = false;
      const shared = this.#at(members[0]!, value);
      if (point.drewChance) return undefined;
      const each = point.readPosition;
      for (const p of members) out[p] = each ? this.#at(p, value) : shared;
      if (point.drewChance) return undefined;
    }
    return out;
  }

  #at(p: number, value: (point: TokenPoint) => number): number {
    const { from, promptTokens, limits } = this.#table.items[this.#itemOf[p]!]!;
    const point = this.#point;
    point.emitted = p - from;
    point.phase = p === from ? "prompt" : "decode";
    point.at = promptTokens - 1 + point.emitted;
    point.limits = limits;
    return value(point);
  }
}
