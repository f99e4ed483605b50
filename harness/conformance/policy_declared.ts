/**
 * Judges what a block or rule policy declares: heights, signals, the rule.
 *
 * @module
 */
import { ACTIONS } from "../contract/policy.ts";
import type { Rule, RuleTest } from "../contract/rule.ts";
import type { SignalDeclaration } from "../contract/signal.ts";
import { caseText, type Declared, type PolicyCase } from "./policy_cases.ts";
import { isRoundCase, roundDeclarationFault } from "./policy_rounds.ts";
import { shown } from "./policy_shape.ts";
import { watch } from "./watch.ts";

const READOUT: readonly string[] = ["token", "top1", "margin", "logitMargin", "entropy"];
const STATE: readonly string[] = ["cosine", "relativeNorm", "featureEntropy"];
const AGAINST: readonly string[] = ["previous_block", "previous_check", "embedding"];
const COMPARISONS: readonly string[] = [">=", ">", "<=", "<"];

function heightsFault(heights: readonly unknown[], layerCount: number): string | undefined {
  let before = -1;
  for (const height of heights) {
    if (
      typeof height !== "number" || !Number.isInteger(height) || height < 0 || height >= layerCount
    ) {
      return `heights from 0 to ${layerCount - 1}: one is ${shown(height)}`;
    }
    if (height <= before) {
      return `ascending heights without repetition: ${height} follows ${before}`;
    }
    before = height;
  }
  return undefined;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function declarationFault(declared: Readonly<Record<string, unknown>>): string | undefined {
  const { name, kind, signal, head, against, probe, output, perHeight } = declared;
  if (!isText(name)) return `a name for each signal: one is ${shown(name)}`;
  if (perHeight !== undefined && perHeight !== true) {
    return `"perHeight" of signal "${name}" to be true or absent: it is ${shown(perHeight)}`;
  }
  switch (kind) {
    case "readout":
      if (!READOUT.some((each) => each === signal)) {
        return `a readout signal (${READOUT.join(", ")}) under "${name}": it is ${shown(signal)}`;
      }
      return isText(head) ? undefined : `a head for signal "${name}": it is ${shown(head)}`;
    case "state":
      if (!STATE.some((each) => each === signal)) {
        return `a state signal (${STATE.join(", ")}) under "${name}": it is ${shown(signal)}`;
      }
      return AGAINST.some((each) => each === against)
        ? undefined
        : `"against" of signal "${name}" to be one of ${AGAINST.join(", ")}: it is ${
          shown(against)
        }`;
    case "probe":
      if (!isText(probe)) return `a probe for signal "${name}": it is ${shown(probe)}`;
      return Number.isInteger(output) && Number(output) >= 0
        ? undefined
        : `an output index for signal "${name}": it is ${shown(output)}`;
    default:
      return `a kind (readout, state, probe) of signal "${name}": it is ${shown(kind)}`;
  }
}

function signalsFault(answer: unknown): string | undefined {
  if (!Array.isArray(answer)) return `a list of declarations: it is ${shown(answer)}`;
  const names = new Set<unknown>();
  for (const each of answer as readonly unknown[]) {
    if (typeof each !== "object" || each === null) return `declarations: one is ${shown(each)}`;
    const declared = each as Readonly<Record<string, unknown>>;
    const wrong = declarationFault(declared);
    if (wrong !== undefined) return wrong;
    if (names.has(declared["name"])) return `one declaration of "${declared["name"]}": it has two`;
    names.add(declared["name"]);
  }
  return undefined;
}

/** Tests of a rule, in order. */
export function testsOf(rule: Rule): readonly RuleTest[] {
  if ("at" in rule) return [rule];
  return ("all" in rule ? rule.all : rule.any).flatMap(testsOf);
}

/** The bound at which a signal's test must switch off, or `undefined` where it has none. */
function boundOf(declared: SignalDeclaration, is: string): number | undefined {
  const upwards = is === ">=" || is === ">";
  if (declared.kind === "probe") return undefined;
  switch (declared.signal) {
    case "margin":
    case "top1":
    case "cosine":
      return upwards ? 1 : undefined;
    case "entropy":
      return upwards ? undefined : 0;
    default:
      return undefined;
  }
}

function testFault(test: RuleTest, each: PolicyCase, declared: Declared): string | undefined {
  const wrong = heightsFault(test.at, each.run.model.layerCount);
  if (wrong !== undefined) return wrong;
  const signal = declared.signals.find((one) => one.name === test.signal);
  if (signal === undefined) return `declared signals only: it tests "${test.signal}"`;
  if (!COMPARISONS.some((is) => is === test.is)) {
    return `comparisons ${COMPARISONS.join(", ")}: one is ${shown(test.is)}`;
  }
  const { value } = test;
  if (typeof value === "number" ? Number.isNaN(value) : typeof value !== "function") {
    return `values that are numbers or functions of the token: one is ${shown(value)}`;
  }
  const bound = boundOf(signal, test.is);
  if (bound !== undefined && test.bound !== bound) {
    return `"bound" ${bound} on tests of "${test.signal}" with ${test.is}, because rounding can ` +
      `make the signal reach it: it is ${shown(test.bound)}`;
  }
  return undefined;
}

function ruleFault(each: PolicyCase, declared: Declared): string | undefined {
  if (declared.rule === undefined) return "a rule: tests, or tests joined by all or any";
  for (const test of testsOf(declared.rule)) {
    const wrong = testFault(test, each, declared);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** One sentence on a wrong declaration of a case, or `undefined`. */
export function declaredFault(each: PolicyCase, declared: Declared): string | undefined {
  if (isRoundCase(each)) return roundDeclarationFault(each, declared);
  for (const { call, watched } of declared.calls) {
    if (watched.thrown !== undefined || watched.globals.length > 0) continue;
    if (watched.unknownReads.length + watched.writes.length > 0) continue;
    const at = `expected "${call}" of ${caseText(each)} to give `;
    if (call === "signals") {
      const wrong = signalsFault(watched.answer);
      if (wrong !== undefined) return at + wrong;
    } else if (call === "heights") {
      const wrong = Array.isArray(watched.answer)
        ? heightsFault(watched.answer, each.run.model.layerCount)
        : `a list of heights: it is ${shown(watched.answer)}`;
      if (wrong !== undefined) return at + wrong;
    } else {
      const then = (watched.answer as { readonly then?: unknown } | undefined)?.then;
      if (!ACTIONS.some((action) => action === then)) return `${at}an action: it is ${shown(then)}`;
      const wrong = ruleFault(each, declared);
      if (wrong !== undefined) return at + wrong;
    }
  }
  return undefined;
}

/** Whether a value function of a rule gives NaN at a token. */
export function valueFault(declared: Declared, point: Parameters<ValueOf>[0]): string | undefined {
  for (const test of declared.rule === undefined ? [] : testsOf(declared.rule)) {
    const { value } = test;
    if (typeof value !== "function") continue;
    const { answer, thrown } = watch((guard) => value(guard(point, "point")));
    if (thrown === undefined && (typeof answer !== "number" || Number.isNaN(answer))) {
      return `expected the value that "${test.signal}" is compared with to be a number: at ` +
        `position ${point.position} it is ${shown(answer)}`;
    }
  }
  return undefined;
}

type ValueOf = Extract<RuleTest["value"], (...args: never[]) => number>;
