/**
 * Judges the state of a stateful policy: pure, and never changed in place.
 *
 * @module
 */
import { answerText, type WatchedCall } from "./policy_answers.ts";
import { caseText, type Declared, type PolicyCase, sampleEvents, stateOf } from "./policy_cases.ts";
import { watch, type Watched } from "./watch.ts";

function text(value: unknown): string {
  return answerText({
    answer: value,
    thrown: undefined,
    globals: [],
    unknownReads: [],
    writes: [],
  });
}

/** Calls of `initial` and `reduce` over some events, each made twice. */
export interface StateRun {
  /** All calls. */
  readonly calls: readonly WatchedCall[];
  /** The first breach, if any. */
  readonly fault: string | undefined;
}

/** Runs the state of a case through sample events. */
export function runState(each: PolicyCase, declared: Declared): StateRun {
  const state = stateOf(each.plugin);
  if (state === undefined) return { calls: [], fault: undefined };
  const calls: WatchedCall[] = [];
  const where = caseText(each);
  let unequal: string | undefined;
  let changed: string | undefined;
  const twice = (call: string, once: () => Watched): unknown => {
    const first = once();
    const before = text(first.answer);
    const second = once();
    calls.push({ call, where, watched: first });
    if (before !== text(second.answer)) {
      unequal ??= `expected ${call} to give equal states for equal arguments: it gave ${before} ` +
        `and ${text(second.answer)}`;
    }
    return second.answer;
  };
  let now = twice(
    "initial",
    () => watch((guard) => state.initial(guard(each.run, "point"), guard(each.options, "options"))),
  );
  for (const event of sampleEvents(each, declared)) {
    const old = now;
    const before = text(old);
    now = twice(
      "reduce",
      () =>
        watch((guard) => state.reduce(old, guard(event, "event"), guard(each.options, "options"))),
    );
    if (text(old) !== before) {
      changed ??= `expected reduce to return a new state: it changes the one it is given from ` +
        `${before} to ${text(old)}: copy it first`;
    }
  }
  return { calls, fault: changed ?? unequal };
}
