import { assert, assertEquals, assertThrows } from "@std/assert";
import { earlyStoppingEstimate, earlyStoppingLeast, earlyStoppingRank } from "./early_stopping.ts";
import { createRandom } from "./random.ts";

Deno.test("earlyStoppingLeast() is MLPerf's least number of queries", () => {
  assertEquals(earlyStoppingLeast({ percentile: 0.9 }), 64);
  assertEquals(earlyStoppingLeast({ percentile: 0.95 }), 130);
  assertEquals(earlyStoppingLeast({ percentile: 0.99 }), 662); // mlperf.conf, MultiStream
  assertEquals(earlyStoppingLeast({ percentile: 0.9, confidence: 0.95 }), 46);
  assertEquals(earlyStoppingLeast({ percentile: 0.99, confidence: 0.95 }), 473);
});

Deno.test("earlyStoppingRank() steps up where the published table does", () => {
  const steps: readonly [number, readonly [number, number][]][] = [
    [0.9, [[44, 0], [64, 1], [81, 2], [197, 10]]],
    [0.95, [[90, 0], [130, 1], [165, 2], [398, 10]]],
    [0.99, [[459, 0], [662, 1], [838, 2], [2010, 10]]],
  ];
  for (const [percentile, counts] of steps) {
    for (const [count, rank] of counts) {
      assertEquals(earlyStoppingRank(count, { percentile }), rank, `${percentile} of ${count}`);
      assertEquals(earlyStoppingRank(count - 1, { percentile }), rank - 1);
    }
  }
  assertEquals(earlyStoppingRank(0, { percentile: 0.9 }), -1);
});

Deno.test("earlyStoppingEstimate() drops t − 1 of the largest, or refuses", () => {
  const ascending = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
  assertEquals(earlyStoppingEstimate(ascending(63), { percentile: 0.9 }), undefined);
  assertEquals(earlyStoppingEstimate(ascending(64), { percentile: 0.9 }), 64);
  assertEquals(earlyStoppingEstimate(ascending(81), { percentile: 0.9 }), 80);
  assertEquals(earlyStoppingEstimate(ascending(197), { percentile: 0.9 }), 188);
});

Deno.test("earlyStoppingEstimate() is at or above the percentile in 99 % of samples", () => {
  const random = createRandom(31);
  let below = 0;
  for (let trial = 0; trial < 4000; trial++) {
    const sorted = Float64Array.from({ length: 120 }, () => random.uniform()).sort();
    if (earlyStoppingEstimate(sorted, { percentile: 0.9 })! < 0.9) below++;
  }
  assert(below <= 60 && below > 5, `below in ${below} of 4000`); // 1 % is 40
});

Deno.test("earlyStoppingRank() refuses shares outside 0 to 1", () => {
  assertThrows(() => earlyStoppingRank(10, { percentile: 1 }), RangeError, "between 0 and 1");
});
