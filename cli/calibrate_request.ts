/**
 * Flags of `calibrate` → what is calibrated, how, on what.
 *
 * @module
 */
import { UsageError } from "../harness/contract/errors.ts";
import { type Risk, RISKS } from "../harness/calibrate/prompt_losses.ts";
import { QUANTILE_RULES, type QuantileRule } from "../harness/calibrate/quantile_rules.ts";
import { RISK_BOUNDS, type RiskBound } from "../harness/calibrate/risk_bound.ts";
import type { Strictest } from "../harness/calibrate/fixed_sequence.ts";
import type { RunSpec } from "../harness/run_spec.ts";
import { parsePolicySpecs, type PolicySpec, valueText } from "../harness/spec_text.ts";
import type { CommandArguments, Flag } from "./command.ts";
import { readRunSpec, RUN_SPEC_FLAGS } from "./run_request.ts";

/** How an option is fixed. */
export type MethodRequest =
  | {
    readonly name: "learn_then_test";
    readonly risk: Risk;
    readonly delta: number;
    readonly epsilon: number;
    readonly bound: RiskBound;
    readonly strictest: Strictest;
    readonly fallback: number;
  }
  | {
    readonly name: "target_quality" | "target_speed";
    readonly risk: Risk;
    readonly target: number;
  }
  | { readonly name: QuantileRule; readonly target: number };

/** What is calibrated. */
export interface CalibrateRequest {
  /** The policy as written, without the calibrated option. */
  readonly policy: PolicySpec;
  /** Name of the calibrated option. */
  readonly option: string;
  /** Values that are looked at; none for quantile rules, which find their own. */
  readonly grid: readonly number[];
  /** How it is fixed. */
  readonly method: MethodRequest;
  /** Model, backend, suites, size, seed. */
  readonly spec: RunSpec;
  /** File of the frozen options. */
  readonly out: string;
}

const METHODS: readonly MethodRequest["name"][] = [
  "learn_then_test",
  "target_quality",
  "target_speed",
  ...QUANTILE_RULES,
];

const { model, backend, parts, suite, limit, seed } = RUN_SPEC_FLAGS;

/** Flags of `calibrate`. */
export const CALIBRATE_FLAGS: Readonly<Record<string, Flag>> = {
  policy: { kind: "text", value: "<spec>", help: "The policy, with its other options" },
  option: { kind: "text", value: "<name>", help: "The option to fix; default threshold" },
  grid: { kind: "text", value: "<values>", help: "Values to look at: 0.5..1/11, or 0.5,0.9" },
  method: { kind: "text", value: "<name>", help: "How it is fixed; default learn_then_test" },
  risk: { kind: "text", value: "<name>", help: "consistency or task; default consistency" },
  delta: { kind: "number", value: "<loss>", help: "Largest expected loss; default 0.1" },
  epsilon: { kind: "number", value: "<share>", help: "Chance of a larger one; default 0.05" },
  bound: { kind: "text", value: "<name>", help: "hoeffding_bentkus (default) or hoeffding" },
  strictest: {
    kind: "text",
    value: "<end>",
    help: "Which values exit least: high (default) or low",
  },
  fallback: { kind: "number", value: "<value>", help: "Value that is full depth; default 1" },
  target: {
    kind: "number",
    value: "<x>",
    help: "Quality, speed (full depth's MACs ÷ the policy's), or share of right exits",
  },
  model: model!,
  backend: backend!,
  parts: parts!,
  suite: suite!,
  size: { kind: "text", value: "<size>", help: "smoke, standard or full; default standard" },
  limit: limit!,
  seed: seed!,
  split: { kind: "text", value: "<split>", help: "calibration, and no other" },
  "max-tokens": { kind: "number", value: "<n>", help: "Most tokens of an answer" },
  out: { kind: "text", value: "<file.json>", help: "File of the frozen options" },
  json: { kind: "switch", help: "Writes the frozen options to stdout too" },
};

/** Reads what the flags ask for. Rejects with `UsageError` in one sentence. */
export async function readCalibrateRequest(
  flags: CommandArguments["flags"],
): Promise<CalibrateRequest> {
  const split = flags.text("split") ?? "calibration";
  if (split !== "calibration") {
    throw new UsageError(
      `Cannot calibrate on split "${split}": expected "calibration": what is tested or trained on ` +
        "must stay unseen here",
    );
  }
  const out = flags.text("out");
  if (out === undefined || !out.endsWith(".json")) {
    throw new UsageError("Cannot calibrate: expected a JSON file: add --out out/calm_tiny.json");
  }
  const method = readMethod(flags);
  const option = flags.text("option") ?? "threshold";
  const policy = readPolicy(flags.text("policy"), option);
  const isQuantile = QUANTILE_RULES.some((name) => name === method.name);
  const spec = await readRunSpec(flags);
  return {
    policy,
    option,
    grid: readGrid(flags.text("grid"), { option, isQuantile }),
    method,
    spec: { ...spec, split, size: flags.text("size") === undefined ? "standard" : spec.size },
    out,
  };
}

function readPolicy(text: string | undefined, option: string): PolicySpec {
  const specs = text === undefined ? [] : parsePolicySpecs(text);
  const [policy] = specs;
  if (policy === undefined || specs.length > 1 || policy.source.kind === "frozen") {
    throw new UsageError(
      `Cannot calibrate: expected one policy: ${
        policy?.source.kind === "frozen" ? "frozen options" : specs.length
      } came: add --policy "calm(measure=softmax)"`,
    );
  }
  if (option in policy.options) {
    throw new UsageError(
      `Cannot calibrate option "${option}" of policy "${policy.text}": expected it in --grid only: ` +
        "remove it from the policy",
    );
  }
  return policy;
}

/** A grid in the grammar of policy specs, or numbers separated by commas. */
function readGrid(
  text: string | undefined,
  { option, isQuantile }: { readonly option: string; readonly isQuantile: boolean },
): readonly number[] {
  if (isQuantile) {
    if (text === undefined) return [];
    throw new UsageError(
      "Cannot calibrate by a quantile on a grid: it finds the value: remove --grid",
    );
  }
  if (text === undefined) {
    throw new UsageError(`Cannot calibrate: expected values of "${option}": add --grid 0.5..1/11`);
  }
  const values = text.split(",").flatMap((part) =>
    parsePolicySpecs(`grid(value=${part})`).map(({ options }) => options.value)
  );
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length === values.length && new Set(numbers).size === numbers.length) return numbers;
  throw new UsageError(
    `Cannot read flag "--grid": expected different numbers such as 0.5..1/11: current value is "${text}"`,
  );
}

function readMethod(flags: CommandArguments["flags"]): MethodRequest {
  const name = word(flags, "method", METHODS);
  const unused = (names: readonly string[]) => {
    const found = names.find((each) => flags.text(each) !== undefined);
    if (found === undefined) return;
    throw new UsageError(`Cannot use flag "--${found}" with method ${name}: remove it`);
  };
  if (name === "learn_then_test") {
    unused(["target"]);
    return {
      name,
      risk: word(flags, "risk", RISKS),
      delta: between(flags, "delta", { fallback: 0.1, below: 1 }),
      epsilon: between(flags, "epsilon", { fallback: 0.05, below: 1 }),
      bound: word(flags, "bound", RISK_BOUNDS),
      strictest: word(flags, "strictest", ["high", "low"]),
      fallback: flags.number("fallback") ?? 1,
    };
  }
  unused(["delta", "epsilon", "bound", "strictest", "fallback"]);
  const below = name === "target_speed" ? Infinity : 1;
  const target = between(flags, "target", { below, mayEqual: true });
  if (name === "target_quality" || name === "target_speed") {
    return { name, risk: word(flags, "risk", RISKS), target };
  }
  unused(["risk"]);
  return { name, target };
}

/** One of some words, the first by default. */
function word<T extends string>(
  flags: CommandArguments["flags"],
  name: string,
  words: readonly T[],
): T {
  const text = flags.text(name) ?? words[0];
  const found = words.find((each) => each === text);
  if (found !== undefined) return found;
  throw new UsageError(
    `Cannot read flag "--${name}": expected one of ${words.join(", ")}: current value is ${
      valueText(text)
    }`,
  );
}

/** A number above 0 and below a bound. */
function between(
  flags: CommandArguments["flags"],
  name: string,
  { fallback, below, mayEqual = false }: {
    readonly fallback?: number;
    readonly below: number;
    readonly mayEqual?: boolean;
  },
): number {
  const value = flags.number(name) ?? fallback;
  const bounds = below === Infinity ? "above 0" : `above 0 and ${mayEqual ? "at most" : "below"} 1`;
  if (value !== undefined && value > 0 && (value < below || mayEqual && value === below)) {
    return value;
  }
  throw new UsageError(
    `Cannot read flag "--${name}": must be a number ${bounds}: ${
      value === undefined ? "it is missing" : `current value is ${value}`
    }`,
  );
}
