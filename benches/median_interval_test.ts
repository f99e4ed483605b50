import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../harness/numerics/random.ts";
import { medianInterval } from "./median_interval.ts";

Deno.test("medianInterval() gives the middle value, and no width to equal values", () => {
  assertEquals(medianInterval([3, 1, 2], { seed: 1 }).value, 2);
  assertEquals(medianInterval([5, 5, 5], { seed: 1 }), { value: 5, low: 5, high: 5 });
  assertEquals(medianInterval([7], { seed: 1 }), { value: 7, low: NaN, high: NaN });
});

Deno.test("medianInterval() covers the true median about as often as it says", () => {
  const random = createRandom(11);
  let covered = 0;
  const trials = 300;
  for (let t = 0; t < trials; t++) {
    const values = Array.from({ length: 21 }, () => -Math.log(1 - random.uniform()));
    const { low, high } = medianInterval(values, { seed: t, resamples: 400 });
    if (low <= Math.LN2 && Math.LN2 <= high) covered++;
  }
  assert(covered / trials > 0.9 && covered / trials <= 0.99, `covered ${covered / trials}`);
});

Deno.test("medianInterval() is the same for the same seed", () => {
  const values = [4, 9, 2, 7, 5];
  assertEquals(medianInterval(values, { seed: 3 }), medianInterval(values, { seed: 3 }));
});
