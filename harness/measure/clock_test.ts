import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { measureClock, timingGroupSize } from "./clock.ts";

/** A clock whose reading costs `cost` ms and is rounded down to multiples of `step`. */
function coarseClock({ step, cost }: { step: number; cost: number }): () => number {
  let readings = 0;
  return () => Math.floor((++readings * cost) / step) * step;
}

Deno.test("measureClock() finds the step and the cost of a coarse clock", () => {
  const { stepMs, costMs } = measureClock({ now: coarseClock({ step: 0.125, cost: 0.01 }) });
  assertEquals(stepMs, 0.125);
  assertAlmostEquals(costMs, 0.01, 1e-4);
});

Deno.test("measureClock() of a fine clock sees its cost as its step", () => {
  const { stepMs, costMs } = measureClock({ now: coarseClock({ step: 2 ** -20, cost: 2 ** -10 }) });
  assertEquals([stepMs, costMs], [2 ** -10, 2 ** -10]);
});

Deno.test("measureClock() refuses a clock that stands still", () => {
  assertThrows(() => measureClock({ now: () => 5, readings: 100 }), Error, "stayed at 5 ms");
});

Deno.test("measureClock() measures this runtime's clock", () => {
  const { stepMs, costMs } = measureClock();
  assert(stepMs > 0 && stepMs < 10 && costMs > 0 && costMs < 1, `${stepMs} ${costMs}`);
});

Deno.test("timingGroupSize() makes groups of at least a hundred clock steps", () => {
  const clock = { stepMs: 0.005, costMs: 0.001 };
  assertEquals(timingGroupSize(0.5, clock), 1);
  assertEquals(timingGroupSize(0.499, clock), 2);
  assertEquals(timingGroupSize(0.01, clock), 50);
  assertEquals(timingGroupSize(1, { stepMs: 0.001, costMs: 0.05 }), 5);
  assertEquals(timingGroupSize(0, clock), Infinity);
});
