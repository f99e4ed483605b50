import { assert, assertEquals } from "@std/assert";
import { ratioInterval } from "./ratio_interval.ts";

Deno.test("ratioInterval() is the median of the paired ratios, whatever one visit does", () => {
  const { value, low, high } = ratioInterval([2, 8, 900], [1, 2, 2], { seed: 1 });
  assertEquals(value, 4);
  assert(low === 2 && high === 450);
});

Deno.test("ratioInterval() has no width when every visit agrees", () => {
  assertEquals(ratioInterval([3, 6, 9], [1, 2, 3], { seed: 1 }), { value: 3, low: 3, high: 3 });
});
