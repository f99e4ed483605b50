/**
 * Blessed baselines on disk, and the facts of whatever a path names.
 *
 * @module
 */
import { InputError } from "../harness/contract/errors.ts";
import type { BlessedBaseline, RunFacts } from "../harness/contract/gate.ts";
import type { StoredRun } from "../harness/contract/record.ts";
import { missingCells } from "../harness/gate/completeness.ts";
import { factsOf } from "../harness/gate/facts.ts";
import { parseBaseline } from "../harness/gate/schema.ts";
import { causeText, writeAtomically } from "./atomic_write.ts";
import { recordsPath } from "./run_folder.ts";
import { SqliteStore } from "./sqlite_store.ts";

/** One side of a gate. */
export interface GateSide {
  /** Its facts. */
  readonly facts: RunFacts;
  /** The run itself, unless it is a blessed baseline. */
  readonly run?: StoredRun;
  /** When and why it was blessed, if it was. */
  readonly blessing?: { readonly blessed: string; readonly reason: string };
}

/** Reads a run, or a blessed baseline (`.json`). Rejects with `InputError`. */
export async function readSide(path: string): Promise<GateSide> {
  if (path.endsWith(".json")) {
    const { facts, blessed, reason } = await readBaseline(path);
    return { facts, blessing: { blessed, reason } };
  }
  const run = readCompleteRun(path);
  return { facts: factsOf(run), run };
}

/** Reads a run that has all of its rows. Throws `InputError`. */
export function readCompleteRun(path: string): StoredRun {
  const run = new SqliteStore(recordsPath(path)).read();
  const { shard } = run.manifest;
  const missing = missingCells(run);
  if (shard === undefined && missing === 0) return run;
  throw new InputError(
    shard === undefined
      ? `Cannot gate "${path}": ${missing} cells have not run: run its command again`
      : `Cannot gate "${path}": it is shard ${shard.index}/${shard.count}: merge the shards first`,
  );
}

/** Reads a blessed baseline. Rejects with `InputError`. */
export async function readBaseline(path: string): Promise<BlessedBaseline> {
  let input: unknown;
  try {
    input = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : causeText(cause);
    throw new InputError(`Cannot read baseline "${path}": ${why}: expected what "bless" wrote`, {
      cause,
    });
  }
  const { kind } = (input ?? {}) as { readonly kind?: unknown };
  if (kind === "depthbench-summary") {
    throw new InputError(
      `Cannot gate "${path}": a summary has no records: name the run's folder or a baseline`,
    );
  }
  try {
    return parseBaseline(input);
  } catch (cause) {
    throw new InputError(
      `Cannot read baseline "${path}": expected what "bless" of this version wrote: bless the run again`,
      { cause },
    );
  }
}

/** The baseline at `path`; `undefined` when there is none yet. */
export async function readBaselineIfAny(path: string): Promise<BlessedBaseline | undefined> {
  const isThere = await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
  return isThere ? await readBaseline(path) : undefined;
}

/** Writes a baseline. */
export async function writeBaseline(path: string, baseline: BlessedBaseline): Promise<void> {
  await writeAtomically(path, `${JSON.stringify(baseline, null, 1)}\n`);
}
