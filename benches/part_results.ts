/**
 * What `bench:backends` writes and the predictor reads: times and costs of
 * parts, as plain JSON.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../harness/contract/errors.ts";
import { PARTS } from "./part.ts";
import type { PartCosts } from "./prediction.ts";

/** Raised when the form of the file changes. */
export const PART_RESULTS_SCHEMA = 1;

/** JSON has no NaN: an end that cannot be told is null there. */
const end = z.union([z.number(), z.null().transform(() => NaN)]);
const measured = z.object({ value: z.number(), low: end, high: end }).readonly();

const partRow = z.object({
  part: z.enum(PARTS),
  rows: z.int().positive(),
  prefix: z.int().nonnegative(),
  /** Time of the whole call, ms. */
  ms: measured,
  timesMs: z.array(z.number()).readonly(),
  bytes: z.number(),
  macs: z.number(),
}).readonly();

const partResults = z.object({
  schema: z.literal(PART_RESULTS_SCHEMA),
  commit: z.string(),
  cpu: z.string(),
  cpuFlags: z.string(),
  model: z.object({ name: z.string(), digest: z.string(), layerCount: z.int().positive() })
    .readonly(),
  backend: z.object({
    name: z.string(),
    kernels: z.string(),
    features: z.array(z.string()).readonly(),
  }).readonly(),
  /** Bytes per second that as many readers as the backend has threads reach. */
  bandwidth: z.number(),
  parts: z.array(partRow).readonly(),
}).readonly();

/** One part at one row count. */
export type PartRow = z.infer<typeof partRow>;

/** A bench's results. */
export type PartResults = z.infer<typeof partResults>;

/** Reads the text of a results file. Throws `InputError` in one sentence. */
export function readPartResults(text: string, name: string): PartResults {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new InputError(`Cannot read part times from "${name}": expected JSON`, { cause });
  }
  const read = partResults.safeParse(data);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new InputError(
    `Cannot read part times from "${name}": field "${issue?.path.join(".")}": ${issue?.message}`,
  );
}

/** Refuses times of another model. */
export function requireModel({ model }: PartResults, digest: string): void {
  if (model.digest === digest) return;
  throw new InputError(
    `Cannot predict from these part times: expected those of model ${digest}: they are of "${model.name}", ${model.digest}`,
  );
}

/** Costs of a one-row step in the unit that `of` picks: per block, or per call. */
export function oneRowCosts(
  { model, parts }: Pick<PartResults, "model" | "parts">,
  of: (row: PartRow) => number,
): PartCosts {
  const cost = (name: PartRow["part"]) => {
    const row = parts.find((each) => each.part === name && each.rows === 1);
    if (row === undefined) {
      throw new InputError(
        `Cannot predict: expected part "${name}" at one row: it was not timed: add 1 to --rows`,
      );
    }
    return name === "step" || name === "head" ? of(row) : of(row) / model.layerCount;
  };
  return {
    step: cost("step"),
    attention: cost("attention"),
    mlp: cost("mlp"),
    block: cost("block"),
    head: cost("head"),
    project: cost("project"),
    hole: cost("hole"),
    copy: cost("copy"),
  };
}
