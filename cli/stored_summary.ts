/**
 * A run on disk → its summary: from `records.sqlite`, or from a `summary.json`
 * that a run or `report` wrote.
 *
 * @module
 */
import { InputError } from "../harness/contract/errors.ts";
import type { Summary } from "../harness/contract/summary.ts";
import { summarize, type SummaryOptions, withParity, withTwin } from "../harness/summary/mod.ts";
import { SUMMARY_SCHEMA } from "../reports/mod.ts";
import { causeText } from "./atomic_write.ts";
import { recordsPath } from "./run_folder.ts";
import { SqliteStore } from "./sqlite_store.ts";

/** Reads the run at `path`: a folder, a `.sqlite` file or a `.json` summary. */
export async function readSummary(path: string, options: SummaryOptions = {}): Promise<Summary> {
  if (path.endsWith(".json")) return await readSummaryJson(path);
  return summarize(new SqliteStore(recordsPath(path)).read(), options);
}

/**
 * Reads the run at `path` with the run at `other`, of another model or of another backend,
 * beside it. Throws `InputError` when both are the same.
 */
export function readBeside(path: string, other: string, options: SummaryOptions = {}): Summary {
  const read = (each: string) => new SqliteStore(recordsPath(each)).read();
  const [here, there] = [read(path), read(other)];
  const own = summarize(here, options);
  const runs = { here, there, other: summarize(there, options) };
  const summary = withTwin(own, runs) ?? withParity(own, runs);
  if (summary !== undefined) return summary;
  throw new InputError(
    `Cannot set "${other}" beside "${path}": expected another model, another backend or other ` +
      `features of it: current ones are both "${here.manifest.model.name}" on ` +
      `"${here.manifest.backend.name}": compare two runs of one kind with "compare"`,
  );
}

async function readSummaryJson(path: string): Promise<Summary> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "no such file" : causeText(cause);
    throw new InputError(`Cannot read summary "${path}": ${why}: name what a run wrote`, { cause });
  }
  const { kind, schema, summary } = (parsed ?? {}) as Record<string, unknown>;
  if (kind !== "depthbench-summary" || schema !== SUMMARY_SCHEMA || !isSummary(summary)) {
    throw new InputError(
      `Cannot read summary "${path}": expected "kind" "depthbench-summary" and "schema" ` +
        `${SUMMARY_SCHEMA}: current ones are ${JSON.stringify(kind) ?? "absent"} and ${
          JSON.stringify(schema) ?? "absent"
        }: name a summary.json that a run wrote`,
    );
  }
  return summary;
}

/** As far as a comparison looks; the file was written by the same schema. */
function isSummary(value: unknown): value is Summary {
  return typeof value === "object" && value !== null && "manifest" in value && "arms" in value &&
    Array.isArray(value.arms);
}
