/**
 * A policy's state of life "stream": what one sequence leaves to the next.
 *
 * Sequences that fail leave nothing, so what follows depends on whole sequences
 * alone.
 *
 * @module
 */

/** The state as one sequence finds and leaves it; boxed, because any value may be a state. */
export interface CarriedState {
  /** Absent before the stream's first sequence. */
  state: { readonly value: unknown } | undefined;
}

/** The states of one policy over the sequences of a run, in order. */
export class StreamState {
  #last: CarriedState["state"];

  /** Runs one sequence; its last state is kept when `body` resolves. */
  async sequence<T>(body: (carried: CarriedState) => Promise<T>): Promise<T> {
    const carried: CarriedState = { state: this.#last };
    const result = await body(carried);
    this.#last = carried.state;
    return result;
  }
}
