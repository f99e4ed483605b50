/**
 * Frozen options: what a calibration leaves behind, as a JSON file that a policy
 * spec can name. One schema checks it and is published as JSON Schema.
 *
 * Errors: `InputError` with one sentence naming the field.
 *
 * @module
 */
import { z } from "zod";
import type { KvFill } from "../contract/backend.ts";
import { InputError } from "../contract/errors.ts";
import type { OptionInput } from "../contract/options.ts";
import type { SuiteUse } from "../contract/record.ts";
import type { Strictest } from "./fixed_sequence.ts";
import type { ItemIds } from "./item_ids.ts";
import type { Risk } from "./prompt_losses.ts";
import type { QuantileRule } from "./quantile_rules.ts";
import type { RiskBound } from "./risk_bound.ts";

/** Raised with every incompatible change. */
export const FROZEN_SCHEMA = 1;

/** How options were fixed. */
export type CalibrationMethod =
  | {
    readonly name: "learn_then_test";
    /** What is lost. */
    readonly risk: Risk;
    /** Largest expected loss. */
    readonly delta: number;
    /** Probability that it is larger all the same. */
    readonly epsilon: number;
    /** The bound. */
    readonly bound: RiskBound;
    /** Which end of the grid was tested first. */
    readonly strictest: Strictest;
    /** Whether nothing passed, and the setting without loss was taken. */
    readonly isFallback: boolean;
  }
  | {
    readonly name: "target_quality" | "target_speed";
    /** What is lost; quality is 1 minus it. */
    readonly risk: Risk;
    /** Least quality, or least ratio of full depth's multiply-accumulates to the policy's. */
    readonly target: number;
  }
  | {
    readonly name: QuantileRule;
    /** Least share of right exits among those that pass. */
    readonly target: number;
    /** Share of exits that pass. */
    readonly coverage: number;
    /** Share of right ones among them; absent when none pass. */
    readonly accuracy?: number | undefined;
  };

/** An estimate with its 95 % interval. */
export interface FrozenEstimate {
  /** Point estimate. */
  readonly value: number;
  /** Lower end; absent when no interval can be told. */
  readonly low?: number | undefined;
  /** Upper end. */
  readonly high?: number | undefined;
}

/** One setting that was looked at. */
export interface FrozenSetting {
  /** Value of the option. */
  readonly value: number;
  /** Mean loss. */
  readonly loss: number;
  /** p-value of an expected loss above δ. */
  readonly pValue?: number | undefined;
  /** What came of its test. */
  readonly verdict?: "passed" | "failed" | "not_tested" | undefined;
  /** 1 − loss. */
  readonly quality?: FrozenEstimate | undefined;
  /** Multiply-accumulates per decoded token ÷ full depth's. */
  readonly cost?: FrozenEstimate | undefined;
}

/** Options with what they promise and where they come from. */
export interface FrozenOptions {
  /** Tag. */
  readonly kind: "depthbench-options";
  /** {@linkcode FROZEN_SCHEMA}. */
  readonly schema: typeof FROZEN_SCHEMA;
  /** The arm as text, for people. */
  readonly spec: string;
  /** The policy: its name, the file that it is in unless built in, and the digest of its source. */
  readonly policy: {
    readonly name: string;
    readonly path?: string | undefined;
    readonly digest: string;
  };
  /** All options, defaults included. */
  readonly options: OptionInput;
  /** KV fill. */
  readonly fill: KvFill;
  /** The option that was calibrated. */
  readonly option: string;
  /** Its value. */
  readonly value: number;
  /** What is promised, one sentence. */
  readonly guarantee: string;
  /** How it was fixed. */
  readonly method: CalibrationMethod;
  /** Where losses come from: a replayed trace, teacher-forced runs, or free ones. */
  readonly basis: "replayed" | "lockstep" | "free";
  /** Independent calibration prompts. */
  readonly prompts: number;
  /** Settings that were looked at. */
  readonly settings: readonly FrozenSetting[];
  /** What it took: wall time, and tokens that went through the model, prompts included. */
  readonly cost: { readonly seconds: number; readonly tokens: number };
  /** The model. */
  readonly model: { readonly name: string; readonly digest: string };
  /** Digest of its tokenizer. */
  readonly tokenizer: string;
  /** Digest of trained parts, where there are any. */
  readonly parts?: string | undefined;
  /** The backend. */
  readonly backend: { readonly name: string; readonly kernels: string };
  /** Suites. */
  readonly suites: readonly Pick<
    SuiteUse,
    "name" | "version" | "size" | "split" | "seed" | "items" | "digest"
  >[];
  /** Their items. */
  readonly items: ItemIds;
  /** Most tokens of a generation, where it was set. */
  readonly maxTokens?: number | undefined;
  /** ISO time. */
  readonly date: string;
  /** Harness version. */
  readonly harness: string;
}

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: 'expected "sha256:…"' });
const share = z.number().min(0).max(1);
const name = z.string().min(1);
const whole = z.int().min(0);
const risk = z.enum(["consistency", "task"]);
const estimate = z.strictObject({
  value: z.number(),
  low: z.number().optional(),
  high: z.number().optional(),
});

const method = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("learn_then_test"),
    risk,
    delta: share.describe("Largest expected loss"),
    epsilon: share.describe("Probability that it is larger all the same"),
    bound: z.enum(["hoeffding_bentkus", "hoeffding"]),
    strictest: z.enum(["high", "low"]).describe("Which end of the grid was tested first"),
    isFallback: z.boolean().describe("Whether nothing passed"),
  }),
  z.strictObject({
    name: z.enum(["target_quality", "target_speed"]),
    risk,
    target: z.number(),
  }),
  z.strictObject({
    name: z.enum(["max_coverage", "min_coverage", "midpoint"]),
    target: share,
    coverage: share,
    accuracy: share.optional(),
  }),
]);

const fields = z.strictObject({
  kind: z.literal("depthbench-options"),
  schema: z.literal(FROZEN_SCHEMA),
  spec: name.describe("The arm as text, for people"),
  policy: z.strictObject({ name, path: name.optional(), digest }),
  options: z.record(name, z.union([z.number(), z.string(), z.boolean(), z.array(z.number())]))
    .describe("All options, defaults included"),
  fill: z.enum(["project", "recompute", "hole", "copy", "none"]),
  option: name.describe("The option that was calibrated"),
  value: z.number().describe("Its value"),
  guarantee: name.describe("What is promised, one sentence"),
  method,
  basis: z.enum(["replayed", "lockstep", "free"]).describe("Where losses come from"),
  prompts: whole.describe("Independent calibration prompts"),
  settings: z.array(z.strictObject({
    value: z.number(),
    loss: share,
    pValue: share.optional(),
    verdict: z.enum(["passed", "failed", "not_tested"]).optional(),
    quality: estimate.optional(),
    cost: estimate.optional(),
  })),
  cost: z.strictObject({ seconds: z.number().min(0), tokens: whole }),
  model: z.strictObject({ name, digest: name }),
  tokenizer: name,
  parts: name.optional(),
  backend: z.strictObject({ name, kernels: name }),
  suites: z.array(z.strictObject({
    name,
    version: whole,
    size: z.enum(["smoke", "standard", "full"]),
    split: z.literal("calibration"),
    seed: whole,
    items: whole,
    digest,
  })).min(1),
  items: z.strictObject({
    count: whole,
    digest,
    ids: z.array(z.string().regex(/^[0-9a-f]{1,16}$/, { error: "expected hex digits of an id" })),
  }),
  maxTokens: whole.optional(),
  date: z.iso.datetime(),
  harness: name,
});

/** Checks frozen options. `place` says where they come from. */
export function parseFrozenOptions(input: unknown, place: string): FrozenOptions {
  const result = fields.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.map(String).join(".") ?? "";
  const what = path === "" ? place : `field "${path}" of ${place}`;
  const message = (issue?.message ?? "Invalid input").replace(/^Invalid \w+: /, "");
  throw new InputError(`Cannot read ${what}: ${message}: calibrate again`, {
    cause: result.error,
  });
}

/** The published JSON Schema of frozen options. */
export function frozenOptionsJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(fields, { io: "input" }) as Record<string, unknown>;
}
