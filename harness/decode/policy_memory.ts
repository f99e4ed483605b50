/**
 * The state that the harness threads through a policy, by its declared life.
 *
 * @module
 */
import type { PolicyEvent } from "../contract/policy.ts";
import type { BoundDepth } from "./bound_policy.ts";
import type { CarriedState } from "./stream_state.ts";

/** How a position left, until it is run to the top. */
interface Exit {
  readonly exitHeight: number;
  readonly signals: Readonly<Record<string, number>>;
}

/** A policy's state; `undefined` for policies without one. */
export class PolicyMemory {
  readonly #bound: BoundDepth;
  /** Exits by position, for policies that observe what becomes of them. */
  readonly #exits: Map<number, Exit> = new Map();
  /** Whether the policy is told of positions that were run to the top after they had left. */
  readonly observesRecomputed: boolean;
  /** Where a state that outlives the sequence is kept. */
  readonly #carried: CarriedState | undefined;
  #state: unknown;

  /** The initial state, or what the sequence before has left to a state of life "stream". */
  constructor(bound: BoundDepth, carried?: CarriedState) {
    this.#bound = bound;
    this.#carried = bound.state?.life === "stream" ? carried : undefined;
    const left = this.#carried?.state;
    this.#state = left === undefined
      ? bound.state?.initial(bound.point, bound.options)
      : left.value;
    if (this.#carried !== undefined) this.#carried.state = { value: this.#state };
    this.observesRecomputed = bound.state?.observesRecomputed?.(bound.options) ?? false;
  }

  /** The state now. */
  get current(): unknown {
    return this.#state;
  }

  /** A token starts: a state that lives for one token starts anew. */
  startToken(): void {
    const { state, point, options } = this.#bound;
    if (state?.life === "token") this.#state = state.initial(point, options);
  }

  /** Something happened. The event is made only for policies with a state. */
  tell(event: () => PolicyEvent): void {
    const { state, options } = this.#bound;
    if (state === undefined) return;
    this.#state = state.reduce(this.#state, event(), options);
    if (this.#carried !== undefined) this.#carried.state = { value: this.#state };
  }

  /** A position left below the top and waits to be run further. */
  exited(position: number, exit: Exit): void {
    if (this.observesRecomputed) this.#exits.set(position, exit);
  }

  /** A position that had left has reached the top, where full depth predicts a token. */
  recomputed(position: number, predicted: number): void {
    const exit = this.#exits.get(position);
    if (exit === undefined) return;
    this.#exits.delete(position);
    this.tell(() => ({ kind: "recomputed", predicted, ...exit }));
  }
}
