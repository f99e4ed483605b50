/**
 * The state that the harness threads through a policy, by its declared life.
 *
 * @module
 */
import type { PolicyEvent } from "../contract/policy.ts";
import type { BoundPolicy } from "./bound_policy.ts";

/** A policy's state; `undefined` for policies without one. */
export class PolicyMemory {
  readonly #bound: BoundPolicy;
  #state: unknown;

  /** The initial state. */
  constructor(bound: BoundPolicy) {
    this.#bound = bound;
    this.#state = bound.state?.initial(bound.point, bound.options);
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
    if (state !== undefined) this.#state = state.reduce(this.#state, event(), options);
  }
}
