/**
 * Judges what a policy answered: one function per promise of the contract, each
 * returning the first sentence on a breach, or `undefined`.
 *
 * @module
 */
import { ACTIONS } from "../contract/policy.ts";
import { createRandom } from "../numerics/random.ts";
import type { Ask } from "./policy_cases.ts";
import { shown } from "./policy_shape.ts";
import type { Watched } from "./watch.ts";

/** An ask with what came of it. */
export interface Answered {
  /** The question. */
  readonly ask: Ask;
  /** What the call did. */
  readonly watched: Watched;
}

const PARTS: readonly string[] = ["block", "attention", "mlp"];

/** One watched call with its place in words. */
export interface WatchedCall {
  /** Function called. */
  readonly call: string;
  /** Where. */
  readonly where: string;
  /** What it did. */
  readonly watched: Watched;
}

/** Calls of answered asks. */
export function callsOf(answers: readonly Answered[]): readonly WatchedCall[] {
  return answers.map(({ ask, watched }) => ({ call: ask.call, where: ask.where, watched }));
}

/** A call that threw by itself. */
export function throwFault(calls: readonly WatchedCall[]): string | undefined {
  const found = calls.find(({ watched }) => watched.thrown !== undefined);
  return found && `expected ${found.call} to answer everything that it is asked: at ` +
      `${found.where} it throws "${found.watched.thrown}": answer "run" when in doubt, and ` +
      `refuse options in parse or validate`;
}

/** A call that touched an impure global. */
export function purityFault(calls: readonly WatchedCall[]): string | undefined {
  const found = calls.find(({ watched }) => watched.globals.length > 0);
  return found && `expected ${found.call} to depend on its arguments alone: it reads ` +
      `${found.watched.globals[0]}: take chance from point.uniform(i), and no clock, input ` +
      `or output at all`;
}

const SIGNALS = "point.signals.";

/** A call that read a signal that was not declared. */
export function signalFault(
  calls: readonly WatchedCall[],
  declared: readonly string[],
): string | undefined {
  for (const { call, watched } of calls) {
    const read = watched.unknownReads.find((name) => name.startsWith(SIGNALS));
    if (read === undefined) continue;
    const names = declared.map((name) => `"${name}"`).join(", ");
    return `expected ${call} to read declared signals only (${names === "" ? "none" : names}): ` +
      `it reads "${read.slice(SIGNALS.length)}": declare it in "signals" or do without`;
  }
  return undefined;
}

/** A call that read a field that its arguments do not have. */
export function unknownReadFault(calls: readonly WatchedCall[]): string | undefined {
  for (const { call, watched } of calls) {
    const read = watched.unknownReads.find((name) => !name.startsWith(SIGNALS));
    if (read === undefined) continue;
    return `expected ${call} to read what it is given: it reads "${read}", which is not there: ` +
      `correct the name, or declare the option`;
  }
  return undefined;
}

/** A call that wrote into its arguments. */
export function writeFault(calls: readonly WatchedCall[]): string | undefined {
  const found = calls.find(({ watched }) => watched.writes.length > 0);
  return found && `expected ${found.call} to leave its arguments as they are: it writes ` +
      `"${found.watched.writes[0]}": work on a copy`;
}

function planFault(answer: unknown, layerCount: number): string | undefined {
  if (!Array.isArray(answer)) return `a list of visits: it is ${shown(answer)}`;
  for (const visit of answer as readonly unknown[]) {
    if (typeof visit !== "object" || visit === null) return `visits: one is ${shown(visit)}`;
    const { block, part } = visit as { readonly block?: unknown; readonly part?: unknown };
    if (typeof block !== "number" || !Number.isInteger(block) || block < 0 || block >= layerCount) {
      return `blocks from 0 to ${layerCount - 1}: one is ${shown(block)}`;
    }
    if (!PARTS.some((each) => each === part)) {
      return `parts "block", "attention" or "mlp": one is ${shown(part)}`;
    }
  }
  return undefined;
}

/** A plan or action that means nothing. */
export function answerFault(answers: readonly Answered[]): string | undefined {
  for (const { ask, watched: { answer, ...did } } of answers) {
    if (didNotAnswer(did)) continue;
    if (ask.fault !== undefined) {
      const wrong = ask.fault(answer);
      if (wrong !== undefined) return `expected ${ask.call} of ${ask.where} ${wrong}`;
    } else if (ask.call === "plan") {
      const wrong = planFault(answer, ask.layerCount);
      if (wrong !== undefined) return `expected the plan of ${ask.where} to hold ${wrong}`;
    } else if (!ACTIONS.some((action) => action === answer)) {
      const names = ACTIONS.map((action) => `"${action}"`).join(", ");
      return `expected ${ask.call} to answer one of ${names}: at ${ask.where} it answers ` +
        `${shown(answer)}`;
    }
  }
  return undefined;
}

function didNotAnswer(watched: Omit<Watched, "answer">): boolean {
  return watched.thrown !== undefined || watched.globals.length > 0 ||
    watched.unknownReads.length > 0 || watched.writes.length > 0;
}

/** Whether a call gave an action, and not `"run"`. */
export function isRefusedAction(watched: Watched): boolean {
  return !didNotAnswer(watched) && watched.answer !== "run" &&
    ACTIONS.some((action) => action === watched.answer);
}

/** An action other than `"run"` at a height that was not asked for, or from NaN. */
export function mustRunFault(
  answers: readonly Answered[],
  why: "nan" | "not asked",
): string | undefined {
  const found = answers.find(({ ask, watched }) => ask.mustRun === why && isRefusedAction(watched));
  if (found === undefined) return undefined;
  const { ask, watched } = found;
  return why === "nan"
    ? `expected "run" while every signal is NaN: at ${ask.where} it answers ` +
      `${shown(watched.answer)}: write comparisons that fail for NaN`
    : `expected "run" at heights that it did not ask for: at ${ask.where} it answers ` +
      `${shown(watched.answer)}: list the height in "heights" or answer "run" there`;
}

/** An answer as text that is equal for equal answers. */
export function answerText(watched: Watched): string {
  if (watched.thrown !== undefined) return `throws ${watched.thrown}`;
  const plain = (value: unknown): unknown => {
    if (typeof value === "number" && !Number.isFinite(value)) return String(value);
    if (value instanceof Map) return [...value];
    if (value instanceof Set) return [...value];
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      return Array.from(value as unknown as ArrayLike<number>);
    }
    return value;
  };
  return JSON.stringify(watched.answer, (_key, value: unknown) => plain(value)) ?? "undefined";
}

/** All asks in an order of their own: backwards, then shuffled. */
function orders(count: number): readonly (readonly number[])[] {
  const forwards = Array.from({ length: count }, (_, i) => i);
  const shuffled = [...forwards];
  const random = createRandom(7);
  for (let i = count - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return [[...forwards].reverse(), shuffled];
}

/** The same question with two answers, in another order of asking. */
export function memoryFault(answers: readonly Answered[]): string | undefined {
  const first = answers.map(({ watched }) => answerText(watched));
  for (const order of orders(answers.length)) {
    for (const i of order) {
      const { ask, watched } = answers[i]!;
      if (didNotAnswer(watched)) continue;
      const again = answerText(ask.put());
      if (again !== first[i]) {
        return `expected equal answers to equal questions: at ${ask.where}, ${ask.call} first ` +
          `answered ${first[i]} and later ${again}: keep nothing between calls, declare "state"`;
      }
    }
  }
  return undefined;
}
