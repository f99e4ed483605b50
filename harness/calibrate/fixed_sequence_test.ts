import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { type LearnThenTest, learnThenTest, type LossTable } from "./fixed_sequence.ts";

/** `count` losses whose mean is `of / 1` in whole losses of 1, the rest 0. */
function withMean(mean: number, count: number): readonly number[] {
  const whole = Math.round(mean * count);
  return Array.from({ length: count }, (_, i) => i < whole ? 1 : 0);
}

/** CALM's worked example: thresholds .95 to .75 with mean losses 0, .02, .05, .06, .04. */
const EXAMPLE: LossTable = {
  values: [0.95, 0.9, 0.85, 0.8, 0.75],
  losses: [0, 0.02, 0.05, 0.06, 0.04].map((mean) => withMean(mean, 200)),
};
const HOW: LearnThenTest = {
  delta: 0.1,
  epsilon: 0.05,
  bound: "hoeffding_bentkus",
  strictest: "high",
  fallback: 1,
};

Deno.test("learnThenTest() stops at the first failure, though a later setting would pass", () => {
  const { value, isFallback, tested } = learnThenTest(EXAMPLE, HOW);
  assertStrictEquals(value, 0.85);
  assert(!isFallback);
  assertEquals(tested.map(({ verdict }) => verdict), [
    "passed",
    "passed",
    "passed",
    "failed",
    "not_tested",
  ]);
  assert(tested[4]!.pValue < 0.05);
  assertStrictEquals(learnThenTest(EXAMPLE, { ...HOW, bound: "hoeffding" }).value, 0.95);
});

Deno.test("learnThenTest() falls back when nothing is shown", () => {
  const table = { values: [0.9], losses: [withMean(0, 100)] };
  const hoeffding = learnThenTest(table, { ...HOW, bound: "hoeffding" });
  assertEquals([hoeffding.value, hoeffding.isFallback], [1, true]);
  assertEquals(learnThenTest(table, HOW).value, 0.9);
});

Deno.test("learnThenTest() orders by strictness, whatever the order given", () => {
  const order = [3, 0, 4, 1, 2];
  const shuffled = {
    values: order.map((i) => EXAMPLE.values[i]!),
    losses: order.map((i) => EXAMPLE.losses[i]!),
  };
  assertEquals(learnThenTest(shuffled, HOW), learnThenTest(EXAMPLE, HOW));
  const mirrored = { ...EXAMPLE, values: EXAMPLE.values.map((value) => -value) };
  assertStrictEquals(learnThenTest(mirrored, { ...HOW, strictest: "low" }).value, -0.85);
});

Deno.test("learnThenTest() gives a threshold that does not rise with delta, nor undercut naively", () => {
  let before = 1;
  for (const delta of [0.02, 0.05, 0.08, 0.1, 0.15, 0.2]) {
    const { value, tested } = learnThenTest(EXAMPLE, { ...HOW, delta });
    assert(value <= before);
    before = value;
    const naive = Math.min(1, ...tested.filter(({ loss }) => loss <= delta).map((it) => it.value));
    assert(naive <= value);
  }
});

Deno.test("learnThenTest() refuses tables that are not losses", () => {
  assertThrows(() => learnThenTest({ values: [1], losses: [[1.2]] }, HOW), RangeError, "1.2");
  assertThrows(() => learnThenTest({ values: [1], losses: [[NaN]] }, HOW), RangeError, "NaN");
  assertThrows(() => learnThenTest({ values: [1, 1], losses: [[0], [0]] }, HOW), RangeError);
  assertThrows(() => learnThenTest({ values: [1], losses: [[]] }, HOW), RangeError);
});
