/**
 * The state of a round policy, threaded by its declared life.
 *
 * @module
 */
import type { RoundEvent } from "../../contract/round.ts";
import type { BoundRounds } from "../bound_rounds.ts";
import type { CarriedState } from "../stream_state.ts";

/** State of one sequence; `undefined` for policies without one. */
export class RoundMemory {
  readonly #bound: BoundRounds;
  readonly #carried: CarriedState | undefined;
  #state: unknown;

  /** The initial state, or what the sequence before has left to a state of life "stream". */
  constructor(bound: BoundRounds, carried?: CarriedState) {
    this.#bound = bound;
    this.#carried = bound.state?.life === "stream" ? carried : undefined;
    const left = this.#carried?.state;
    this.#keep(
      left === undefined ? bound.state?.initial(bound.point, bound.options) : left.value,
    );
  }

  #keep(state: unknown): void {
    this.#state = state;
    if (this.#carried !== undefined) this.#carried.state = { value: state };
  }

  /** The state now. */
  get current(): unknown {
    return this.#state;
  }

  /** Something happened. The event is made only for policies with a state. */
  tell(event: () => RoundEvent): void {
    const { state, options } = this.#bound;
    if (state !== undefined) this.#keep(state.reduce(this.#state, event(), options));
  }
}
