/**
 * Conformance of policies: what every policy must do before a run may use it.
 *
 * The policy is asked about several model shapes, places of a generation, signal
 * values and options, each question three times in different orders, with traps
 * around every call. No model is needed. An endless loop cannot be interrupted
 * from here: run this in a worker, note the last check that `onCheck` named, and
 * report {@linkcode hungFinding} when it stays silent.
 *
 * @module
 */
import type { KvFill } from "../contract/backend.ts";
import type { OptionInput } from "../contract/options.ts";
import type { PolicyPlugin } from "../contract/policy.ts";
import type { Finding } from "./finding.ts";
import {
  type Answered,
  answerFault,
  callsOf,
  memoryFault,
  mustRunFault,
  purityFault,
  signalFault,
  throwFault,
  unknownReadFault,
  type WatchedCall,
  writeFault,
} from "./policy_answers.ts";
import { boundFault } from "./policy_bound.ts";
import { asksOf, caseText, declare, type Declared, type PolicyCase } from "./policy_cases.ts";
import { declaredFault, valueFault } from "./policy_declared.ts";
import { nanFaults, optionFaults, readSample, refusalOf, sampleInputs } from "./policy_options.ts";
import { modelOf, pointOf, SAMPLE_DEPTHS } from "./policy_samples.ts";
import { readPolicyShape, shown } from "./policy_shape.ts";
import { runState } from "./policy_state.ts";
import { keepFault } from "./policy_keeps.ts";
import { watch, withTraps } from "./watch.ts";

export { type Finding, hungFinding } from "./finding.ts";

/** What a policy is checked with. */
export interface PolicyContext {
  /** Options as a user wrote them, tried beside the samples. */
  readonly options?: OptionInput | undefined;
  /** Told the name of each check as it begins. */
  readonly onCheck?: ((name: string) => void) | undefined;
}

const FILLS: readonly KvFill[] = ["project", "recompute", "hole", "copy", "none"];

/** A case that its policy takes, with what it declares. */
interface Prepared {
  readonly each: PolicyCase;
  readonly declared: Declared;
}

/** The checks of one policy, in order. */
class PolicyChecks {
  readonly findings: Finding[] = [];
  readonly #name: string;
  readonly #onCheck: (name: string) => void;

  constructor(name: string, onCheck: (name: string) => void) {
    this.#name = name;
    this.#onCheck = onCheck;
  }

  /** Runs one check that gives sentences on breaches. */
  check(check: string, holds: string, find: () => readonly string[]): boolean {
    this.#onCheck(check);
    const faults = withTraps(find);
    for (const message of faults) this.findings.push({ check, ok: false, message });
    if (faults.length === 0) this.findings.push({ check, ok: true, message: holds });
    return faults.length === 0;
  }

  /** Runs one check that gives the rest of a sentence on the first breach. */
  first(check: string, holds: string, find: () => string | undefined): boolean {
    return this.check(check, holds, () => {
      const fault = find();
      return fault === undefined ? [] : [`Cannot accept policy "${this.#name}": ${fault}`];
    });
  }
}

/** Cases that the policy takes: its own `validate` may refuse the others by a `RangeError`. */
function casesOf(plugin: PolicyPlugin, given: OptionInput | undefined): {
  readonly cases: readonly PolicyCase[];
  readonly fault: string | undefined;
} {
  const cases: PolicyCase[] = [];
  let refusal = "its options accept nothing";
  for (const input of sampleInputs(plugin, given)) {
    const options = readSample(plugin, input);
    if (options === undefined) continue;
    for (const layerCount of SAMPLE_DEPTHS) {
      const model = modelOf(layerCount);
      const each = { plugin, input, options, run: { model, limits: pointOf(layerCount).limits } };
      try {
        plugin.validate?.(model, options);
        cases.push(each);
      } catch (error) {
        if (!(error instanceof RangeError)) {
          const fault = `expected validate to throw RangeError for what it refuses: with ` +
            `${caseText(each)} it throws ${error instanceof Error ? error.name : shown(error)}`;
          return { cases: [], fault };
        }
        refusal = error.message;
      }
    }
  }
  return cases.length > 0 ? { cases, fault: undefined } : {
    cases,
    fault: `expected to take some options on models of ${SAMPLE_DEPTHS.join(", ")} blocks: ` +
      `it refuses all of them: the last refusal is "${refusal}"`,
  };
}

/** Calls of `readoutHead` at every height, and the first answer that names no head. */
function headsFault(each: PolicyCase): ReturnType<typeof harnessQuestions> {
  const calls: WatchedCall[] = [];
  const { plugin, options, run } = each;
  if (plugin.scope !== "block" && plugin.scope !== "rule") return { calls, fault: undefined };
  if (plugin.readoutHead === undefined) return { calls, fault: undefined };
  const where = caseText(each);
  let fault: string | undefined;
  for (let height = 0; height < run.model.layerCount; height++) {
    const watched = watch((guard) => plugin.readoutHead?.(height, guard(options, "options")));
    calls.push({ call: "readoutHead", where, watched });
    const { answer, thrown } = watched;
    if (thrown === undefined && (typeof answer !== "string" || answer === "")) {
      fault ??= `expected readoutHead to name a head: at height ${height} with ${where} it ` +
        `answers ${shown(answer)}`;
    }
  }
  return { calls, fault };
}

/** Calls of `defaultFill`, `readoutHead` and `actsOnPrompt`, and the first wrong answer of theirs. */
function harnessQuestions(cases: readonly PolicyCase[]): {
  readonly calls: readonly WatchedCall[];
  readonly fault: string | undefined;
} {
  const calls: WatchedCall[] = [];
  let fault: string | undefined;
  for (const each of cases) {
    const { plugin, options } = each;
    const where = caseText(each);
    const fill = watch((guard) => plugin.defaultFill(guard(options, "options")));
    calls.push({ call: "defaultFill", where, watched: fill });
    const answered = fill.answer !== undefined || fill.thrown === undefined;
    if (answered && !FILLS.some((known) => known === fill.answer)) {
      fault ??= `expected defaultFill to name a KV fill (${FILLS.join(", ")}): with ${where} it ` +
        `gives ${shown(fill.answer)}`;
    }
    const heads = headsFault(each);
    calls.push(...heads.calls);
    fault ??= heads.fault;
    const kept = keepFault(each);
    calls.push(...kept.calls);
    fault ??= kept.fault;
    if (plugin.actsOnPrompt === undefined) continue;
    const prompt = watch((guard) => plugin.actsOnPrompt?.(guard(options, "options")));
    calls.push({ call: "actsOnPrompt", where, watched: prompt });
    if (prompt.thrown === undefined && typeof prompt.answer !== "boolean") {
      fault ??= `expected actsOnPrompt to answer true or false: with ${where} it answers ` +
        `${shown(prompt.answer)}`;
    }
  }
  return { calls, fault };
}

/** Checks a policy. All findings come back, those that passed as well. */
export function conformPolicy(
  value: unknown,
  context: PolicyContext = {},
): Promise<readonly Finding[]> {
  return Promise.resolve().then(() => checkPolicy(value, context));
}

function checkPolicy(value: unknown, context: PolicyContext): readonly Finding[] {
  const onCheck = context.onCheck ?? (() => {});
  const shape = readPolicyShape(value);
  onCheck("shape");
  if (typeof shape === "string") return [{ check: "shape", ok: false, message: shape }];
  const checks = new PolicyChecks(shape.name, onCheck);
  checks.check("shape", "name, card, options and functions are there", () => []);
  const optionsHold = checks.check(
    "options",
    "defaults and ranges agree with parse",
    () => optionFaults(shape),
  );
  if (!optionsHold) return checks.findings;
  if (context.options !== undefined) {
    checks.check("given options", "the options given are accepted", () => {
      const refusal = refusalOf(shape, context.options ?? {});
      return refusal === undefined ? [] : [refusal];
    });
  }
  checks.check("NaN options", "no option accepts NaN", () => nanFaults(shape));
  checkCases(shape, { checks, onCheck, given: context.options });
  return checks.findings;
}

function checkCases(
  plugin: PolicyPlugin,
  { checks, onCheck, given }: {
    readonly checks: PolicyChecks;
    readonly onCheck: (name: string) => void;
    readonly given: OptionInput | undefined;
  },
): void {
  let cases: readonly PolicyCase[] = [];
  const taken = checks.first("models", "takes some model with some options", () => {
    const found = casesOf(plugin, given);
    cases = found.cases;
    return found.fault;
  });
  if (!taken) return;
  const calls: WatchedCall[] = [];
  checks.first("fill", "defaultFill names a KV fill", () => {
    const asked = harnessQuestions(cases);
    calls.push(...asked.calls);
    return asked.fault;
  });
  let prepared: readonly Prepared[] = [];
  const declaredWell = checks.first(
    "declarations",
    "heights, signals and rules are well-formed",
    () => {
      prepared = cases.map((each) => ({ each, declared: declare(each) }));
      let fault: string | undefined;
      for (const { each, declared } of prepared) {
        const where = caseText(each);
        calls.push(...declared.calls.map(({ call, watched }) => ({ call, where, watched })));
        fault ??= declaredFault(each, declared) ??
          valueFault(declared, pointOf(each.run.model.layerCount));
      }
      return fault;
    },
  );
  checks.first("state", "state is pure and never changed in place", () => {
    let fault: string | undefined;
    for (const { each, declared } of prepared) {
      const state = runState(each, declared);
      calls.push(...state.calls);
      fault ??= state.fault;
    }
    return fault;
  });
  onCheck("answers");
  const answers: Answered[] = withTraps(() =>
    (declaredWell ? prepared : []).flatMap(({ each, declared }) =>
      asksOf(each, declared).map((ask) => ({ ask, watched: ask.put() }))
    )
  );
  calls.push(...callsOf(answers));
  const names = [
    ...new Set(prepared.flatMap(({ declared }) => declared.signals.map((each) => each.name))),
  ];
  checks.first("answers", "plans and actions mean something", () => answerFault(answers));
  checks.first("throws", "no call throws", () => throwFault(calls));
  checks.first("purity", "no clock, chance, input or output", () => purityFault(calls));
  checks.first("signals", "reads declared signals only", () => signalFault(calls, names));
  checks.first("fields", "reads what it is given only", () => unknownReadFault(calls));
  checks.first("writes", "leaves its arguments as they are", () => writeFault(calls));
  checks.first("NaN signals", "runs on when signals are NaN", () => mustRunFault(answers, "nan"));
  checks.first(
    "heights",
    "runs on where it did not ask",
    () => mustRunFault(answers, "not asked"),
  );
  checks.first("memory", "equal questions get equal answers", () => memoryFault(answers));
  checks.first("bound", "a threshold at the signal's bound is full depth", () => {
    for (const { each } of declaredWell ? prepared : []) {
      const fault = boundFault(each);
      if (fault !== undefined) return fault;
    }
    return undefined;
  });
}
