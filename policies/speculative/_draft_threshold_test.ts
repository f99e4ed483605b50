import { assertAlmostEquals, assertEquals } from "@std/assert";
import { moveThreshold } from "./_draft_threshold.ts";

const OPTIONS = { target: 0.9, rateMemory: 0.5, thresholdMemory: 0.9, step: 0.01 };

Deno.test("moveThreshold() moves towards the acceptance rate as the card computes", () => {
  // papers/self_speculative_background.md, section 2: A .8 and a round of .6
  const next = moveThreshold({ rate: 0.8, threshold: 0.6 }, { accepted: 3, drafted: 5 }, OPTIONS);
  assertAlmostEquals(next.rate!, 0.7);
  assertAlmostEquals(next.threshold, 0.601);
});

Deno.test("moveThreshold() lowers the threshold above the target and keeps it within [0, 1]", () => {
  const all = { accepted: 4, drafted: 4 };
  assertAlmostEquals(moveThreshold({ rate: 1, threshold: 0.6 }, all, OPTIONS).threshold, 0.599);
  assertEquals(moveThreshold({ rate: 1, threshold: 0 }, all, OPTIONS).threshold, 0);
});

Deno.test("moveThreshold() learns nothing of a round without drafts", () => {
  const state = { rate: undefined, threshold: 0.6 };
  assertEquals(moveThreshold(state, { accepted: 0, drafted: 0 }, OPTIONS), state);
});
