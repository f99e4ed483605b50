/**
 * Shards → the run that they are parts of: checked, joined, as if it had never
 * been split.
 *
 * Refused are parts of different runs, a part that comes twice or not at all, a
 * cell in two parts or planned twice, and a part with cells still to run.
 *
 * @module
 */
import { InputError } from "../harness/contract/errors.ts";
import type { Environment, Manifest, RunRecord, StoredRun } from "../harness/contract/record.ts";

/** One shard as stored. */
export interface StoredShard {
  /** Where it is, for messages. */
  readonly path: string;
  /** What it holds. */
  readonly run: StoredRun;
  /** Cells that it was to run. */
  readonly planned: readonly string[];
}

/** The whole run; records in the order of their cells. Throws `InputError` in one sentence. */
export function mergeShards(shards: readonly StoredShard[]): StoredRun {
  const [first] = shards;
  if (first === undefined) throw refusal("expected the records of at least one shard: none came");
  expectOneRun(shards, first);
  expectEveryIndex(shards, first);
  const records = new Map<string, RunRecord>();
  const owners = new Map<string, string>();
  for (const { path, run, planned } of shards) {
    for (const record of run.records) {
      const { cell } = record;
      const other = owners.get(cell);
      if (other !== undefined) {
        throw refusal(`cell ${cell} of "${path}" is in "${other}" as well: run the shards anew`);
      }
      owners.set(cell, path);
      records.set(cell, record);
    }
    expectComplete({ path, run, planned }, records);
  }
  const cells = [...records.keys()].sort();
  return {
    manifest: mergedManifest(shards.map(({ run }) => run.manifest)),
    items: first.run.items,
    records: cells.map((cell) => records.get(cell)!),
  };
}

function refusal(why: string): InputError {
  return new InputError(`Cannot merge shards: ${why}`);
}

function expectOneRun(shards: readonly StoredShard[], first: StoredShard): void {
  for (const { path, run: { manifest } } of shards) {
    if (manifest.shard === undefined) {
      throw refusal(`"${path}" is a whole run: name files that "run --shard i/n" wrote`);
    }
    const wanted = first.run.manifest;
    const what = manifest.digest !== wanted.digest
      ? differenceOf(manifest, wanted)
      : manifest.shard.count !== wanted.shard?.count
      ? `it is one of ${manifest.shard.count} shards, not of ${wanted.shard?.count}`
      : manifest.margin !== wanted.margin
      ? "its margin differs"
      : undefined;
    if (what !== undefined) {
      throw refusal(`"${path}" is no part of the run of "${first.path}": ${what}`);
    }
  }
}

/** The first thing that two runs differ in, in words. */
function differenceOf(a: Manifest, b: Manifest): string {
  const aspects: readonly (readonly [string, (manifest: Manifest) => unknown])[] = [
    ["its model differs", (it) => it.model.digest],
    ["its tokenizer differs", (it) => it.tokenizer],
    ["its backend or kernels differ", (it) => [it.backend.name, it.backend.kernels]],
    ["its harness version differs", (it) => it.harness],
    ["its policies differ", (it) => it.arms.map((arm) => [arm.label, arm.digest])],
    ["its suites differ", (it) => it.suites.map((suite) => suite.digest)],
    ["its seed differs", (it) => it.seed],
    ["its passes differ", (it) => [it.passes, it.repetitions, it.timedTokens]],
  ];
  const found = aspects.find(([, of]) => JSON.stringify(of(a)) !== JSON.stringify(of(b)));
  return found?.[0] ?? "its digest differs";
}

function expectEveryIndex(shards: readonly StoredShard[], first: StoredShard): void {
  const count = first.run.manifest.shard!.count;
  const paths = new Map<number, string>();
  for (const { path, run } of shards) {
    const { index } = run.manifest.shard!;
    const other = paths.get(index);
    if (other !== undefined) {
      throw refusal(`"${path}" and "${other}" are both shard ${index}/${count}: name one of them`);
    }
    paths.set(index, path);
  }
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((i) => !paths.has(i));
  if (missing.length === 0) return;
  const shown = missing.slice(0, 10).join(", ");
  throw refusal(
    `expected all ${count} shards: ${missing.length} are missing: ${shown}${
      missing.length > 10 ? ", …" : ""
    }: run them first`,
  );
}

function expectComplete(
  { path, run, planned }: StoredShard,
  records: ReadonlyMap<string, RunRecord>,
): void {
  const missing = planned.filter((cell) => !records.has(cell)).length;
  if (missing > 0) {
    throw refusal(
      `"${path}" lacks ${missing} of its ${planned.length} cells: run that shard's command again`,
    );
  }
  if (run.records.length !== planned.length) {
    throw refusal(`"${path}" holds cells that it was not to run: run the shard anew`);
  }
}

/** The first shard's manifest, started when the first of them was. */
function mergedManifest(manifests: readonly Manifest[]): Manifest {
  const { shard: _, ...manifest } = manifests.toSorted((a, b) =>
    a.shard!.index - b.shard!.index
  )[0]!;
  const started = manifests.map((each) => each.started).sort()[0]!;
  const machines = new Map(
    manifests.map(({ environment }) => [machineOf(environment), environment]),
  );
  machines.delete(machineOf(manifest.environment));
  return {
    ...manifest,
    started,
    ...(machines.size === 0 ? {} : { otherEnvironments: [...machines.values()] }),
  };
}

/** What tells machines apart: neither load nor clock readings. */
function machineOf({ cpu, cores, memoryBytes, os, runtime }: Environment): string {
  return JSON.stringify([cpu, cores, memoryBytes, os, runtime]);
}
