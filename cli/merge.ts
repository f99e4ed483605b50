/**
 * The `merge` command: the shards of a run → the run.
 *
 * @module
 */
import { InputError } from "../harness/contract/errors.ts";
import { summarize } from "../harness/summary/mod.ts";
import { causeText } from "./atomic_write.ts";
import { resultText, verdictOf } from "./carry_out.ts";
import type { Command } from "./command.ts";
import { mergeShards } from "./merge_shards.ts";
import { makeFolder, recordsPath, shardFiles, writeReports } from "./run_folder.ts";
import { SqliteStore } from "./sqlite_store.ts";

/** The `merge` command. */
export const mergeCommand: Command = {
  name: "merge",
  summary: "Join the shards of a run into the run that was split",
  usage: "merge <folder with shards | shard.sqlite…> [--out <folder>]",
  details: `Shards are what "run --shard i/n" wrote. The result equals the run without shards in all
but clock readings. Parts of different runs, missing, overlapping and unfinished ones are refused.`,
  flags: {
    out: { kind: "text", value: "<folder>", help: "Where the run goes; default the folder named" },
  },
  positional: { least: 1, most: Infinity },
  async run({ positional, flags }, io): Promise<number> {
    const [first = ""] = positional;
    const out = flags.text("out") ?? (first.endsWith(".sqlite") ? folderOf(first) : first);
    const paths: string[] = [];
    for (const path of positional) paths.push(...await shardsAt(path));
    const run = mergeShards(paths.map((path) => {
      const store = new SqliteStore(path);
      return { path, run: store.read(), planned: store.planned() };
    }));
    await makeFolder(out);
    await writeRun(recordsPath(out), run);
    const { otherEnvironments } = run.manifest;
    if (otherEnvironments !== undefined) {
      io.say(
        `The shards ran on ${otherEnvironments.length + 1} kinds of machine: times are paired ` +
          "within each shard, and one mean of them describes no machine",
      );
    }
    const summary = summarize(run);
    const report = await writeReports(summary, { folder: out });
    io.write(resultText(summary));
    io.say(`Merged ${paths.length} shards of ${run.records.length} cells: wrote ${report}`);
    return verdictOf(run.records, io);
  },
};

async function shardsAt(path: string): Promise<readonly string[]> {
  if (path.endsWith(".sqlite")) return [path];
  try {
    const found = await shardFiles(path);
    if (found.length > 0) return found;
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "no such folder" : causeText(cause);
    throw new InputError(`Cannot merge shards: cannot read "${path}": ${why}`, { cause });
  }
  throw new InputError(
    `Cannot merge shards: "${path}" holds none: expected files shard-<i>-of-<n>.sqlite, ` +
      'which "run --shard i/n" writes',
  );
}

/** Written beside its place and renamed, so that a half-merged run is never there. */
async function writeRun(path: string, run: ReturnType<typeof mergeShards>): Promise<void> {
  const temporary = `${path}.tmp`;
  await Deno.remove(temporary).catch(() => {});
  const store = new SqliteStore(temporary);
  try {
    store.open(run.manifest, run.items);
    store.append(run.records);
  } finally {
    store.close();
  }
  await Deno.rename(temporary, path);
}

function folderOf(path: string): string {
  const folder = path.replace(/[\\/]?[^\\/]*$/, "");
  return folder === "" ? "." : folder;
}
