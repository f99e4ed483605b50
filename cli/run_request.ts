/**
 * Flags and spec file of `run` → the run spec.
 *
 * @module
 */
import { InputError, UsageError } from "../harness/contract/errors.ts";
import { DEFAULT_BACKEND, parseRunSpec, type RunSpec } from "../harness/run_spec.ts";
import { causeText } from "./atomic_write.ts";
import type { CommandArguments, Flag } from "./command.ts";

/** Flags of `run` that are fields of the run spec. */
export const RUN_SPEC_FLAGS: Readonly<Record<string, Flag>> = {
  spec: { kind: "text", value: "<file.json>", help: "Run spec; flags override its fields" },
  model: { kind: "text", value: "<model>", help: "Name or path; default tiny_exit" },
  backend: { kind: "text", value: "<name>", help: `Default ${DEFAULT_BACKEND}` },
  parts: { kind: "texts", value: "<a,b>", help: "Trained parts: embedded:<set> or paths" },
  threads: { kind: "number", value: "<n>", help: "Worker threads; measured at start by default" },
  exact: { kind: "switch", help: "Full-precision activations, slower; the default rounds them" },
  suite: {
    kind: "texts",
    value: "<a,b>",
    help: "Names, ./my.jsonl or such as gsm8k:./test.jsonl; default copy,recall,arithmetic",
  },
  policies: {
    kind: "texts",
    value: "<specs>",
    help: 'Such as "calm(threshold=0.9), ./my_policy.ts"; full_depth always runs',
  },
  "allow-transfer": {
    kind: "switch",
    help: "Takes @frozen options on another model than theirs; records say so",
  },
  size: { kind: "text", value: "<size>", help: "smoke, standard or full; default smoke" },
  limit: { kind: "number", value: "<n>", help: "Most items per suite, for testing only" },
  seed: { kind: "number", value: "<n>", help: "Seed of items, order and chance; default 0" },
  split: { kind: "text", value: "<split>", help: "train, calibration or test; default test" },
  passes: { kind: "text", value: "<a,b>", help: "Default free,lockstep,timed" },
  repetitions: { kind: "number", value: "<n>", help: "Timed visits of each prompt; default 5" },
  "time-budget": {
    kind: "text",
    value: "<10m>",
    help: "Visits where verdicts are open for so long, in place of --repetitions",
  },
  "timed-tokens": { kind: "number", value: "<n>", help: "Decode steps of a visit; default 16" },
  "max-tokens": { kind: "number", value: "<n>", help: "Most tokens of an answer" },
  "oracle-heights": {
    kind: "switch",
    help: "Reads out all heights in lockstep, however dear; by default where cheap",
  },
  "no-control": {
    kind: "switch",
    help: "Leaves out random skipping, with which policies are compared at equal blocks",
  },
  margin: { kind: "number", value: "<ratio>", help: "Speed-up that matters; default 0.01" },
  out: { kind: "text", value: "<folder>", help: "Default out/<model>-<digest of the run>" },
  report: { kind: "text", value: "<name>", help: "Also writes <name>.html, .md and .json" },
};

/** Reads the run spec that flags and spec file ask for. */
export async function readRunSpec(flags: CommandArguments["flags"]): Promise<RunSpec> {
  const file = flags.text("spec");
  const fromFile = file === undefined ? {} : await readSpecFile(file);
  const given = {
    model: flags.text("model"),
    backend: flags.text("backend"),
    parts: words(flags.texts("parts")),
    threads: flags.number("threads"),
    exact: flags.has("exact") ? true : undefined,
    suites: words(flags.texts("suite")),
    policies: flags.texts("policies").length === 0 ? undefined : flags.texts("policies"),
    size: flags.text("size"),
    limit: flags.number("limit"),
    seed: flags.number("seed"),
    split: flags.text("split"),
    passes: words(flags.text("passes") === undefined ? [] : [flags.text("passes")!]),
    repetitions: flags.number("repetitions"),
    timeBudget: flags.text("time-budget"),
    timedTokens: flags.number("timed-tokens"),
    maxTokens: flags.number("max-tokens"),
    allowTransfer: flags.has("allow-transfer") ? true : undefined,
    oracleHeights: flags.has("oracle-heights") ? true : undefined,
    noControl: flags.has("no-control") ? true : undefined,
    margin: flags.number("margin"),
    out: flags.text("out"),
    report: flags.text("report"),
  };
  const fromFlags = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  if (file !== undefined) parseRunSpec(fromFile, `run spec "${file}"`);
  return parseRunSpec({ ...fromFile, ...fromFlags }, "flags");
}

function words(texts: readonly string[]): readonly string[] | undefined {
  if (texts.length === 0) return undefined;
  return texts.flatMap((text) => text.split(",")).map((word) => word.trim())
    .filter((word) => word !== "");
}

async function readSpecFile(path: string): Promise<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : causeText(cause);
    throw new InputError(`Cannot read run spec "${path}": ${why}: expected a JSON file`, { cause });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new UsageError(`Cannot read run spec "${path}": expected a JSON object`);
  }
  return parsed as Record<string, unknown>;
}
