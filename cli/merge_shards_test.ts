import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../harness/contract/errors.ts";
import type { Manifest, RunRecord } from "../harness/contract/record.ts";
import { mergeShards, type StoredShard } from "./merge_shards.ts";

const ENVIRONMENT = {
  cpu: "c",
  cores: 2,
  memoryBytes: 1,
  os: "o",
  runtime: "r",
  clockStepMs: 1,
  clockCostMs: 1,
};

/** Shard i of 3 with cells `<i>a` and `<i>b`. */
function shard(index: number, changes: Partial<Manifest> = {}): StoredShard {
  const cells = [`${index}a`, `${index}b`];
  const manifest = {
    digest: "sha256:run",
    started: `2030-01-0${4 - index}`,
    model: { digest: "m" },
    tokenizer: "t",
    backend: { name: "cpu", kernels: "1" },
    harness: "h",
    arms: [],
    suites: [],
    seed: 0,
    passes: ["free"],
    repetitions: 1,
    timedTokens: 1,
    margin: 0.01,
    environment: ENVIRONMENT,
    shard: { index, count: 3 },
    ...changes,
  } as unknown as Manifest;
  const records = cells.map((cell) => ({ cell, suite: "s", outcome: "failed" }) as RunRecord);
  return { path: `shard-${index}`, run: { manifest, items: [], records }, planned: cells };
}

Deno.test("mergeShards() joins all shards in the order of cells, in whatever order they come", () => {
  const run = mergeShards([shard(3), shard(1), shard(2)]);
  assertEquals(run.records.map(({ cell }) => cell), ["1a", "1b", "2a", "2b", "3a", "3b"]);
  assertEquals(run.manifest.shard, undefined);
  assertEquals(run.manifest.started, "2030-01-01");
  assertEquals(run.manifest.otherEnvironments, undefined);
});

Deno.test("mergeShards() names machines that differ from the first shard's", () => {
  const other = { ...ENVIRONMENT, cpu: "d", clockStepMs: 9 };
  const run = mergeShards([shard(1), shard(2, { environment: other }), shard(3)]);
  assertEquals(run.manifest.otherEnvironments, [other]);
});

Deno.test("mergeShards() refuses in one sentence what is not one whole run", () => {
  const { run, ...rest } = shard(2);
  const half: StoredShard = { ...rest, run: { ...run, records: run.records.slice(1) } };
  const twice: StoredShard = {
    ...rest,
    run: { ...run, records: [...run.records, shard(1).run.records[0]!] },
  };
  const extra: StoredShard = { ...rest, run, planned: ["2a"] };
  const whole = shard(1);
  const { shard: _, ...unsharded } = whole.run.manifest;
  const other = (changes: Partial<Manifest>) => shard(2, { digest: "sha256:x", ...changes });
  const cases: readonly (readonly [readonly StoredShard[], string])[] = [
    [[], "none came"],
    [[shard(1), shard(3)], "expected all 3 shards: 1 are missing: 2: run them first"],
    [[shard(1), shard(1), shard(2), shard(3)], '"shard-1" and "shard-1" are both shard 1/3'],
    [[shard(1), half, shard(3)], '"shard-2" lacks 1 of its 2 cells'],
    [[shard(1), twice, shard(3)], 'cell 1a of "shard-2" is in "shard-1" as well'],
    [[shard(1), extra, shard(3)], '"shard-2" holds cells that it was not to run'],
    [[{ ...whole, run: { ...whole.run, manifest: unsharded } }], '"shard-1" is a whole run'],
    [[shard(1), shard(2, { shard: { index: 2, count: 4 } })], "one of 4 shards, not of 3"],
    [[shard(1), shard(2, { margin: 0.5 })], "its margin differs"],
    [[shard(1), other({ tokenizer: "u" })], "its tokenizer differs"],
    [[shard(1), other({ harness: "i" })], "its harness version differs"],
    [[shard(1), other({ seed: 1 })], "its seed differs"],
    [[shard(1), other({ repetitions: 2 })], "its passes differ"],
    [[shard(1), other({})], "its digest differs"],
  ];
  for (const [shards, sentence] of cases) {
    assertThrows(() => mergeShards(shards), InputError, sentence);
  }
});
