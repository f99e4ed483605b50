import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../numerics/random.ts";
import { latencyPercentiles } from "./percentiles.ts";

const options = { seed: 1, resamples: 999, stepsPerReading: 1 };
const prompts = (count: number, steps: number) =>
  Array.from({ length: count }, (_, i) => ({
    ms: Array.from({ length: steps }, (_, k) => i + 1 + k / 100),
  }));

Deno.test("latencyPercentiles() refuses p90 below 64 steps and p99 below 662", () => {
  const counts = (count: number) => {
    const { p90, p99 } = latencyPercentiles(prompts(count, 1), options)!;
    return [p90?.value, p99?.value];
  };
  assertEquals(counts(63), [undefined, undefined]);
  assertEquals(counts(64), [64, undefined]);
  assertEquals(counts(661)[1], undefined);
  assertEquals(counts(662)[1], 662);
  assertEquals(latencyPercentiles([], options), undefined);
});

Deno.test("latencyPercentiles() resamples prompts, so steps of one prompt tell nothing", () => {
  const [one] = [latencyPercentiles(prompts(1, 100), options)!];
  assertEquals([one.p90!.low, one.p90!.high, one.count, one.prompts], [NaN, NaN, 100, 1]);
  // Ten prompts, each with a level of its own: the interval spans levels, not steps.
  const { p90 } = latencyPercentiles(prompts(10, 100), options)!;
  assert(p90!.low <= 8.99 && p90!.high >= 9.9, JSON.stringify(p90));
});

Deno.test("latencyPercentiles() intervals cover the percentile with correlated steps", () => {
  const random = createRandom(3);
  let covered = 0;
  const trials = 2000;
  const truth = Math.sqrt(1.25) * 1.2815515655446004; // level N(0, 1) plus step N(0, 1/4)
  for (let trial = 0; trial < trials; trial++) {
    const drawn = Array.from({ length: 40 }, () => {
      const level = random.normal();
      return { ms: Array.from({ length: 20 }, () => level + 0.5 * random.normal()) };
    });
    const { p90 } = latencyPercentiles(drawn, { seed: trial, resamples: 299, stepsPerReading: 1 })!;
    if (p90!.low <= truth && truth <= p90!.high) covered++;
  }
  assert(covered / trials >= 0.93 && covered / trials <= 0.97, `coverage ${covered / trials}`);
});
