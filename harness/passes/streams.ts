/**
 * Streams of the arms over the items of one pass, and what resuming means for them.
 *
 * A state that passes from item to item is not stored, so an arm that has one
 * cannot be taken up in the middle: unless all of its cells in a pass are stored,
 * all of them are run again, from the first item on. Equal inputs give equal
 * records, so those that were stored are replaced by equal ones.
 *
 * @module
 */
import type { Pass } from "../contract/record.ts";
import { StreamState } from "../decode/stream_state.ts";
import type { PassArm, PassContext, PassItem } from "./cells.ts";

/** Streams of one pass. */
export class PassStreams {
  readonly #streams: Map<PassArm, StreamState> = new Map();

  /** The stream of an arm; of use only to those whose state has that life. */
  of(arm: PassArm): StreamState {
    let stream = this.#streams.get(arm);
    if (stream === undefined) this.#streams.set(arm, stream = new StreamState());
    return stream;
  }
}

/** Whether an arm's state passes from item to item. */
export function isStream({ plugin }: PassArm): boolean {
  const states = plugin.scope === "token" || plugin.scope === "block" || plugin.scope === "round";
  return states && plugin.state?.life === "stream";
}

/** Cells of a pass that are stored and must be run again, because others of their arm are not. */
export function cellsToRepeat(
  { context, encoded }: { readonly context: PassContext; readonly encoded: readonly PassItem[] },
  { pass, done }: { readonly pass: Pass; readonly done: ReadonlySet<string> },
): readonly string[] {
  return context.arms.filter(isStream).flatMap((arm) => {
    const cells = encoded.map((item) => context.cell(item, { arm, pass, repetition: 0 }));
    return cells.every((cell) => done.has(cell)) ? [] : cells.filter((cell) => done.has(cell));
  });
}
