import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { LockstepRecord } from "../contract/record.ts";
import { arm } from "./_test_run.ts";
import { atEqualBlocks } from "./equal_blocks.ts";
import type { ArmRecords } from "./run_view.ts";

const RESAMPLING = { seed: 1, resamples: 500 };

/** An arm on four texts of ten positions: blocks per position, positions that agree. */
function ran(label: string, blocks: number, agreed: readonly number[]): ArmRecords {
  const lockstep = agreed.map((count, i) => ({
    suite: "s",
    item: `i${i}`,
    group: `g${i}`,
    flips: Array.from({ length: 10 }, (_, t) => t < count ? 0 : 1),
    blocksRun: new Array(10).fill(blocks),
  } as unknown as LockstepRecord));
  const counts = { ok: 4, failed: 0, skipped: 0 };
  return { arm: arm(label), free: [], lockstep, timed: [], counts, troubles: [] };
}

const FAMILY = [
  ran("full", 12, [10, 10, 10, 10]),
  ran("four", 4, [0, 2, 4, 2]),
  ran("eight", 8, [4, 6, 6, 8]),
];

Deno.test("atEqualBlocks() mixes the two settings around the arm's blocks", () => {
  const found = atEqualBlocks(ran("policy", 7, [9, 8, 9, 8]), FAMILY, RESAMPLING)!;
  assertEquals(found.mixed, ["four", "eight"]);
  assertEquals(found.blocksRun, 7);
  assertAlmostEquals(found.agreement.value, 0.25 * 0.2 + 0.75 * 0.6, 1e-12);
  assertAlmostEquals(found.difference.value, 0.85 - 0.5, 1e-12);
  assertEquals(found.difference.clusters, 4);
});

Deno.test("atEqualBlocks() takes one setting where it runs as many blocks", () => {
  const found = atEqualBlocks(ran("policy", 8, [9, 8, 9, 8]), FAMILY, RESAMPLING)!;
  assertEquals(found.mixed, ["eight"]);
  assertAlmostEquals(found.agreement.value, 0.6, 1e-12);
});

Deno.test("atEqualBlocks() tells nothing below the family, nor without common texts", () => {
  assertEquals(atEqualBlocks(ran("policy", 3, [1, 1, 1, 1]), FAMILY, RESAMPLING), undefined);
  assertEquals(atEqualBlocks(ran("policy", 7, []), FAMILY, RESAMPLING), undefined);
  assertEquals(atEqualBlocks(ran("policy", 7, [1]), [], RESAMPLING), undefined);
});
