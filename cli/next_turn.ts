/**
 * Giving way to the event loop.
 *
 * @module
 */
import { setImmediate } from "node:timers";

/** Resolves after waiting events, such as Ctrl-C, were handled. Microtasks alone never let them in. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
