/**
 * The run spec: what a run is asked for, as a JSON file or as flags. One schema
 * holds ranges and defaults, checks both, and is published as JSON Schema.
 *
 * Errors: `UsageError` with one sentence naming the field.
 *
 * @module
 */
import { z } from "zod";
import { UsageError } from "./contract/errors.ts";
import type { Pass } from "./contract/record.ts";
import type { Split, SuiteSize } from "./contract/suite.ts";

/** A run as asked for, defaults filled in. */
export interface RunSpec {
  /** `tiny_exit`, another known model, or a path. */
  readonly model: string;
  /** Backend by name. */
  readonly backend: string;
  /** Trained parts, each `embedded:<set>` or the path of a safetensors file. */
  readonly parts?: readonly string[] | undefined;
  /** Worker threads; the backend's own choice when absent. */
  readonly threads?: number | undefined;
  /** Full-precision activations where the backend would round them. */
  readonly exact?: true | undefined;
  /** Suites by name, in the order in which they run. */
  readonly suites: readonly string[];
  /** Items per suite, by name. */
  readonly size: SuiteSize;
  /** Most items per suite; absent for all of the size. */
  readonly limit?: number | undefined;
  /** Seed of items, order, chance and resampling. */
  readonly seed: number;
  /** Which items. */
  readonly split: Split;
  /** Policy specs, in the grammar of `spec_text.ts`. */
  readonly policies: readonly string[];
  /** Which passes run. */
  readonly passes: readonly Pass[];
  /** Timed visits of each prompt, after warm-up. */
  readonly repetitions: number;
  /** Time that the timed pass has to decide its verdicts, such as `10m`; in place of repetitions. */
  readonly timeBudget?: string | undefined;
  /** Decode steps of each timed visit. */
  readonly timedTokens: number;
  /** Most tokens of a generation; the suite's own bound when absent. */
  readonly maxTokens?: number | undefined;
  /** Whether frozen options may be used on a model that they were not calibrated on. */
  readonly allowTransfer: boolean;
  /** Whether oracle heights are read whatever they cost; by their cost when absent. */
  readonly oracleHeights?: true | undefined;
  /** Whether the control, random skipping, is left out. */
  readonly noControl?: true | undefined;
  /** Ratio − 1 below which a speed-up does not matter. */
  readonly margin: number;
  /** Folder of records and reports; named after the run's content when absent. */
  readonly out?: string | undefined;
  /** Also writes the report as `<report>.html`, `.md` and `.json`. */
  readonly report?: string | undefined;
}

/** Backend of every command that names none. */
export const DEFAULT_BACKEND = "wasm";

/** All passes, in the order in which they run. */
export const PASSES: readonly Pass[] = ["free", "lockstep", "timed"];

const DURATION = /^(\d+(?:\.\d+)?)(s|m|h)$/;
const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds of a text such as `90s`, `10m` or `1.5h`; NaN of another one. */
export function durationMs(text: string): number {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return unit === "s" || unit === "m" || unit === "h" ? Number(count) * UNIT_MS[unit] : NaN;
}

const wholeFrom = (least: number) => z.int().min(least).max(1_000_000);

function uniqueList<T extends z.ZodType<string>>(item: T) {
  return z.array(item).min(1).refine((list) => new Set(list).size === list.length, {
    error: "expected each entry once",
  });
}

const fields = z.strictObject({
  model: z.string().min(1).default("tiny_exit")
    .describe("tiny_exit, another known model, or the path of a model file"),
  backend: z.string().min(1).default(DEFAULT_BACKEND).describe("Backend by name"),
  parts: uniqueList(z.string().min(1)).optional()
    .describe("Trained parts, each embedded:<set> or the path of a safetensors file"),
  threads: z.int().min(1).max(64).optional()
    .describe("Worker threads; measured at start when absent"),
  exact: z.boolean().transform((asked) => asked || undefined).optional()
    .describe("Full-precision activations where the backend would round them"),
  suites: uniqueList(z.string().min(1)).default(["copy", "recall", "arithmetic"])
    .describe("Suites by name"),
  size: z.enum(["smoke", "standard", "full"]).default("smoke").describe("Items per suite"),
  limit: wholeFrom(1).optional().describe("Most items per suite, for testing only"),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0)
    .describe("Seed of items, order, chance and resampling"),
  split: z.enum(["train", "calibration", "test"]).default("test").describe("Which items"),
  policies: z.union([
    z.string().min(1).transform((text) => [text]),
    z.array(z.string().min(1)).min(1),
  ], { error: "expected a policy spec, or a list of them" }).default(["full_depth"])
    .describe('Policy specs such as "calm(threshold=0.9)"'),
  passes: uniqueList(z.enum(["free", "lockstep", "timed"])).default([...PASSES])
    .describe("Which passes run"),
  repetitions: wholeFrom(1).default(5).describe("Timed visits of each prompt, after warm-up"),
  timeBudget: z.string().regex(DURATION, {
    error: 'must be a number and a unit, such as "90s", "10m" or "1.5h"',
  }).refine((text) => durationMs(text) > 0, { error: "must be longer than nothing" }).optional()
    .describe('Time to decide verdicts in, such as "10m", in place of repetitions'),
  timedTokens: wholeFrom(1).default(16).describe("Decode steps of each timed visit"),
  maxTokens: wholeFrom(1).optional()
    .describe("Most tokens of a generation; the suite's own bound when absent"),
  allowTransfer: z.boolean().default(false)
    .describe("Whether frozen options may be used on a model that they were not calibrated on"),
  oracleHeights: z.boolean().transform((asked) => asked || undefined).optional()
    .describe("Reads oracle heights in lockstep passes whatever their readouts cost"),
  noControl: z.boolean().transform((asked) => asked || undefined).optional()
    .describe("Leaves out random skipping, with which policies are compared at equal blocks"),
  margin: z.number().min(0).max(1).default(0.01)
    .describe("Ratio - 1 below which a speed-up does not matter"),
  out: z.string().min(1).optional().describe("Folder of records and reports"),
  report: z.string().min(1).optional()
    .describe("Also writes the report under this name with .html, .md and .json"),
});

/** Checks a run spec and fills in its defaults. `place` says where it comes from. */
export function parseRunSpec(input: unknown, place: string = "run spec"): RunSpec {
  const result = fields.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.map(String).join(".") ?? "";
  const what = path === "" ? place : `field "${path}" of ${place}`;
  const message = (issue?.message ?? "Invalid input").replace(/^Invalid \w+: /, "");
  throw new UsageError(`Cannot read ${what}: ${message}${came(input, issue?.path ?? [])}`, {
    cause: result.error,
  });
}

/** `: current value is …` for short values. */
function came(input: unknown, path: readonly PropertyKey[]): string {
  let value = input;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  if (path.length === 0 || value === undefined) return "";
  const text = JSON.stringify(value);
  return `: current value is ${text.length > 80 ? `${text.slice(0, 77)}…` : text}`;
}

/** The published JSON Schema of a run spec. */
export function runSpecJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(fields, { io: "input" }) as Record<string, unknown>;
}
