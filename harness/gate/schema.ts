/**
 * Shapes of a blessed baseline and of a gate's report: what files are checked
 * against, and the JSON Schemas that are published.
 *
 * @module
 */
import { z } from "zod";
import { type BlessedBaseline, GATE_SCHEMA, type GateReport } from "../contract/gate.ts";

const count = z.number().min(0);

const counters = z.strictObject({
  blocks: count,
  readouts: count,
  weightElements: count,
  macs: count,
  kvWritten: count,
  reads: count,
});

const item = z.strictObject({
  suite: z.string(),
  item: z.string(),
  pass: z.enum(["free", "lockstep", "timed"]),
  tokens: count,
  counters: counters.optional(),
  output: z.string().optional(),
  score: z.number().optional(),
  nll: z.number().optional(),
  drafted: count.optional(),
  accepted: count.optional(),
  broken: z.literal(true).optional(),
});

const arm = z.strictObject({
  label: z.string(),
  policy: z.string(),
  options: z.record(z.string(), z.unknown()),
  fill: z.enum(["project", "recompute", "hole", "copy", "none"]),
  digest: z.string(),
  lossless: z.boolean(),
  failed: count,
  failure: z.string().optional(),
  items: z.array(item),
});

const baseline = z.strictObject({
  kind: z.literal("depthbench-baseline"),
  schema: z.literal(GATE_SCHEMA),
  blessed: z.string().describe("ISO date of the blessing"),
  reason: z.string().min(1).describe("Why this run is the one to compare with"),
  history: z.array(
    z.strictObject({ blessed: z.string(), reason: z.string(), run: z.string() }),
  ).describe("Earlier blessings of this file, oldest first"),
  facts: z.strictObject({
    run: z.string(),
    harness: z.string(),
    model: z.string(),
    modelName: z.string(),
    tokenizer: z.string(),
    backend: z.string(),
    timedTokens: z.number(),
    suites: z.array(z.strictObject({ name: z.string(), digest: z.string() })),
    arms: z.array(arm),
  }),
});

const check = z.strictObject({
  kind: z.enum(["failure", "counter", "output", "acceptance", "quality", "time"]),
  arm: z.string(),
  name: z.string(),
  suite: z.string().optional(),
  a: z.number().optional(),
  b: z.number().optional(),
  outcome: z.enum(["pass", "noted", "regression", "inconclusive", "failed"]),
  says: z.string(),
});

const report = z.strictObject({
  kind: z.literal("depthbench-gate"),
  schema: z.literal(GATE_SCHEMA),
  outcome: z.enum(["pass", "regression", "inconclusive", "failed"]),
  exitCode: z.int().min(0).max(3).describe("0 pass, 1 regression, 2 inconclusive, 3 failed rows"),
  a: z.strictObject({
    run: z.string(),
    blessed: z.string().optional(),
    reason: z.string().optional(),
  }),
  b: z.strictObject({ run: z.string() }),
  model: z.string(),
  backend: z.string(),
  checks: z.array(check),
  notes: z.array(z.string()),
});

/** Reads a blessed baseline. Throws what zod throws. */
export function parseBaseline(input: unknown): BlessedBaseline {
  return baseline.parse(input) as BlessedBaseline;
}

/** Reads a gate's report. Throws what zod throws. */
export function parseGateReport(input: unknown): GateReport {
  return report.parse(input) as GateReport;
}

/** The published JSON Schema of a gate's report. */
export function gateJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(report) as Record<string, unknown>;
}

/** The published JSON Schema of a blessed baseline. */
export function baselineJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(baseline) as Record<string, unknown>;
}
