import { assert, assertEquals } from "@std/assert";
import { createRandom } from "./random.ts";
import { theilSen } from "./theil_sen.ts";

Deno.test("theilSen() takes the median of all pairwise slopes", () => {
  // Slopes 1, 1.5, 2, 2, 2.5, 3.
  assertEquals(theilSen([1, 2, 4, 7]), { slope: 2, low: 1, high: 3 });
});

Deno.test("theilSen() is not moved by one wild point", () => {
  assertEquals(theilSen([0, 1, 2, 3, 1000, 5, 6, 7]).slope, 1);
});

Deno.test("theilSen() takes ranks 6 and 23 of the 28 slopes of eight points", () => {
  const values = Array.from({ length: 8 }, (_, i) => i * i); // slopes are i + j
  const slopes = values.flatMap((_, i) => values.slice(i + 1).map((_, k) => i + i + 1 + k))
    .sort((a, b) => a - b);
  const { low, high } = theilSen(values);
  assertEquals([low, high], [slopes[5], slopes[22]]);
});

Deno.test("theilSen() has no bounds below four points and no slope below two", () => {
  assertEquals(theilSen([3, 2, 1]), { slope: -1, low: -Infinity, high: Infinity });
  assertEquals(theilSen([3]).slope, NaN);
  assertEquals(theilSen([]).slope, NaN);
});

Deno.test("theilSen() covers a true slope in at least 94 % of eight noisy points", () => {
  const random = createRandom(11);
  let covered = 0;
  for (let trial = 0; trial < 2000; trial++) {
    const { low, high } = theilSen(Array.from({ length: 8 }, (_, i) => 0.3 * i + random.normal()));
    if (low <= 0.3 && 0.3 <= high) covered++;
  }
  assert(covered >= 1880 && covered <= 1980, `covered ${covered} of 2000`);
});
