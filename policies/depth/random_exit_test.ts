import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { modelOf, tokenPoint } from "../../harness/conformance/policy_samples.ts";
import { type OptionInput, parseOptions } from "../../harness/contract/mod.ts";
import {
  planRandomExit,
  randomExit,
  randomExitHeight,
  type RandomExitOptions,
  solveExitRate,
  validateRandomExit,
} from "./random_exit.ts";

const read = (input: OptionInput): RandomExitOptions =>
  parseOptions({ kind: "policy", name: "random_exit" }, { schema: randomExit.options, input });

/** Heights at each of `count` positions. */
function draws(layerCount: number, input: OptionInput, count = 4000): number[] {
  const options = read(input);
  const run = { model: modelOf(layerCount), limits: { maxTokens: 64, context: count } };
  validateRandomExit(run.model, options);
  return Array.from(
    { length: count },
    (_, position) =>
      randomExitHeight(tokenPoint(run, { phase: "decode", position, emitted: 1 }), options),
  );
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

Deno.test("randomExitHeight() meets the mean height asked for", () => {
  for (const blocks of [2, 5.5, 9, 11.9]) {
    const heights = draws(12, { blocks });
    assertAlmostEquals(mean(heights), blocks, 0.2); // four standard errors at most
    assert(heights.every((height) => height >= 1 && height <= 12));
  }
});

Deno.test("solveExitRate() inverts the mean of a truncated geometric law", () => {
  // Two heights above the lowest: 1 + (1 − q) + (1 − q)² = 1.75 at q = 1/2.
  assertAlmostEquals(solveExitRate(1.75, { layerCount: 3, minExit: 1 }), 0.5, 1e-9);
  assertEquals(solveExitRate(3, { layerCount: 3, minExit: 1 }), 0);
  assertAlmostEquals(solveExitRate(1, { layerCount: 3, minExit: 1 }), 1, 1e-9);
});

Deno.test("randomExitHeight() leaves at each height with the rate's chance", () => {
  const heights = draws(12, { rate: 0.25, minExit: 4 });
  const share = (height: number) =>
    heights.filter((each) => each === height).length / heights.length;
  assertAlmostEquals(share(4), 0.25, 0.03);
  assertAlmostEquals(share(5), 0.75 * 0.25, 0.03);
  assertAlmostEquals(share(12), 0.75 ** 8, 0.03);
  assertEquals(Math.min(...heights), 4);
});

Deno.test("randomExitHeight() follows a histogram of heights", () => {
  const heights = draws(4, { histogram: [0, 0, 30, 0, 10] });
  assertEquals(new Set(heights), new Set([2, 4]));
  assertAlmostEquals(mean(heights), 2.5, 0.06);
});

Deno.test("planRandomExit() runs the blocks below its height, all of them at rate 0", () => {
  const run = { model: modelOf(6), limits: { maxTokens: 64, context: 64 } };
  const point = tokenPoint(run, { phase: "decode", position: 3, emitted: 1 });
  const plan = planRandomExit(point, read({ histogram: [0, 0, 0, 1, 0, 0, 0] }));
  assertEquals(plan.map(({ block }) => block), [0, 1, 2]);
  assertEquals(new Set(draws(6, { rate: 0 })), new Set([6]));
  assertEquals(new Set(draws(6, { rate: 1 })), new Set([1]));
});

Deno.test("validateRandomExit() refuses what does not fit the model", () => {
  const refused: readonly (readonly [OptionInput, string])[] = [
    [{ minExit: 7 }, "expected at most 6"],
    [{ blocks: 7 }, "expected 1 to 6"],
    [{ blocks: 2, minExit: 3 }, "expected 3 to 6"],
    [{ histogram: [1, 2] }, "expected 7 weights"],
    [{ histogram: [0, 0, 0, 0, 0, 0, 0] }, "expected a weight above 0"],
  ];
  for (const [input, message] of refused) {
    assertThrows(() => draws(6, input), RangeError, message);
  }
});
