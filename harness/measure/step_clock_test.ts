import { assertEquals } from "@std/assert";
import { StepClock, stepGroup } from "./step_clock.ts";

/** A clock that advances by 1, 2, 3, … ms. */
function growingClock(): () => number {
  let time = 0, step = 0;
  return () => time += step++;
}

Deno.test("StepClock reads each step apart", () => {
  const clock = new StepClock({ steps: 3, group: 1, now: growingClock() });
  clock.start();
  for (const step of [0, 1, 2]) clock.lap(step);
  assertEquals([clock.readings(), clock.totalMs], [[1, 2, 3], 6]);
});

Deno.test("StepClock groups steps, the last group may have fewer", () => {
  let time = 0;
  const clock = new StepClock({ steps: 5, group: 2, now: () => time });
  clock.start();
  for (let step = 0; step < 5; step++) {
    time += 10; // what the step takes
    clock.lap(step);
  }
  assertEquals([clock.readings(), clock.totalMs], [[20, 20, 10], 50]);
  clock.start();
  assertEquals([clock.readings(), clock.totalMs], [[], 0]);
});

Deno.test("stepGroup() is a power of two of at least about a hundred clock steps", () => {
  const clock = { stepMs: 2 ** -8, costMs: 0.0001 }; // a hundred are 0.39 ms
  const groups = [1, 0.4, 0.38, 0.1, 0.09, 0].map((ms) => stepGroup(ms, clock));
  assertEquals(groups, [1, 1, 2, 4, 8, 64]);
  assertEquals(stepGroup(0.38, { stepMs: 0.0038, costMs: 0.0041 }), 2);
  assertEquals(stepGroup(1, { stepMs: 0, costMs: 0 }), 1);
});
