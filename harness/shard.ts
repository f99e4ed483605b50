/**
 * Shards: one run split into n parts by items, so that every comparison of arms
 * stays inside one process. Part i of n comes from a flag or from what the
 * schedulers say:
 *
 *     --shard i/n                                          the flag wins
 *     SLURM_ARRAY_TASK_ID, _COUNT, _MIN, _STEP             i = (id − min) / step + 1, n = count
 *     JOB_COMPLETION_INDEX, DEPTHBENCH_SHARDS              i = index + 1, n from the manifest
 *     CI_NODE_INDEX, CI_NODE_TOTAL                         i and n, as GitLab counts: from 1
 *
 * @module
 */
import { UsageError } from "./contract/errors.ts";
import type { Shard } from "./contract/record.ts";

/** Most parts of a run. */
const MOST_SHARDS = 100_000;

/** A part and who said so. */
export interface ChosenShard {
  /** The part; absent for a whole run. */
  readonly shard?: Shard | undefined;
  /** What to tell people, one line; absent when nothing was said. */
  readonly note?: string | undefined;
}

/** Reads environment variables; `undefined` for those that are not set or not allowed. */
export type Variables = (name: string) => string | undefined;

/** `shard 2/8`, or `the whole run`. */
export function shardText(shard: Shard | undefined): string {
  return shard === undefined ? "the whole run" : `shard ${shard.index}/${shard.count}`;
}

/** Reads `i/n`. Throws `UsageError`. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (isShard(shard)) return shard;
  throw new UsageError(
    `Cannot read flag "--shard": expected i/n with 1 <= i <= n <= ${MOST_SHARDS}: ` +
      `current value is "${text}"`,
  );
}

function isShard({ index, count }: Shard): boolean {
  return Number.isInteger(index) && Number.isInteger(count) && index >= 1 && index <= count &&
    count <= MOST_SHARDS;
}

interface Said extends Shard {
  readonly by: string;
}

/**
 * The part to run: the flag's, else the scheduler's, else none. Throws `UsageError` when
 * schedulers disagree or say half of it.
 */
export function chooseShard(flag: string | undefined, variables: Variables): ChosenShard {
  if (flag !== undefined) {
    const shard = parseShard(flag);
    const other = [slurm, kubernetes, ci].filter((read) => quietly(read, variables) !== undefined);
    const note = other.length === 0
      ? undefined
      : `Runs ${shardText(shard)}, as --shard says; the scheduler's variables are not read`;
    return { shard, note };
  }
  const said = [slurm, kubernetes, ci].flatMap((read) => read(variables) ?? []);
  const [first] = said;
  if (first === undefined) return {};
  const other = said.find(({ index, count }) => index !== first.index || count !== first.count);
  if (other !== undefined) {
    throw new UsageError(
      `Cannot choose a shard: ${first.by} says ${shardText(first)} and ${other.by} ` +
        `${shardText(other)}: pass --shard i/n`,
    );
  }
  const { index, count, by } = first;
  if (!isShard(first)) {
    throw new UsageError(
      `Cannot choose a shard: expected 1 <= i <= n from ${by}: current value is ${index}/${count}: ` +
        "number the tasks without gaps, or pass --shard i/n",
    );
  }
  return { shard: { index, count }, note: `Runs ${shardText({ index, count })}, as ${by} says` };
}

/** What one scheduler says, errors left to the flag that overrules it. */
function quietly(read: (variables: Variables) => Said | undefined, variables: Variables) {
  try {
    return read(variables);
  } catch {
    return true;
  }
}

function numberOf(name: string, variables: Variables): number | undefined {
  const text = variables(name);
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new UsageError(
    `Cannot choose a shard: expected a whole number in ${name}: current value is "${text}": ` +
      "pass --shard i/n",
  );
}

function slurm(variables: Variables): Said | undefined {
  const id = numberOf("SLURM_ARRAY_TASK_ID", variables);
  if (id === undefined) return undefined;
  const by = "SLURM_ARRAY_TASK_ID";
  const count = expectTotal(numberOf("SLURM_ARRAY_TASK_COUNT", variables), {
    by,
    total: "SLURM_ARRAY_TASK_COUNT",
  });
  const least = numberOf("SLURM_ARRAY_TASK_MIN", variables) ?? 0;
  const step = numberOf("SLURM_ARRAY_TASK_STEP", variables) ?? 1;
  return { index: (id - least) / step + 1, count, by };
}

function kubernetes(variables: Variables): Said | undefined {
  const completion = numberOf("JOB_COMPLETION_INDEX", variables);
  if (completion === undefined) return undefined;
  const by = "JOB_COMPLETION_INDEX";
  const count = expectTotal(numberOf("DEPTHBENCH_SHARDS", variables), {
    by,
    total: "DEPTHBENCH_SHARDS",
  });
  return { index: completion + 1, count, by };
}

/** GitLab sets a total of 1 and no index in jobs that are not parallel. */
function ci(variables: Variables): Said | undefined {
  const index = numberOf("CI_NODE_INDEX", variables);
  if (index === undefined) return undefined;
  const by = "CI_NODE_INDEX";
  const count = expectTotal(numberOf("CI_NODE_TOTAL", variables), { by, total: "CI_NODE_TOTAL" });
  return { index, count, by };
}

function expectTotal(
  count: number | undefined,
  { by, total }: { readonly by: string; readonly total: string },
): number {
  if (count !== undefined) return count;
  throw new UsageError(
    `Cannot choose a shard: ${by} is set but ${total} is not: set it to the number of shards, ` +
      "or pass --shard i/n",
  );
}
