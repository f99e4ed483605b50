import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { modelOf, pointOf, tokenPoint } from "../../harness/conformance/policy_samples.ts";
import { type OptionInput, parseOptions, type TokenPoint } from "../../harness/contract/mod.ts";
import {
  planRandomSkip,
  randomSkip,
  type RandomSkipOptions,
  validateRandomSkip,
} from "./random_skip.ts";

const read = (input: OptionInput): RandomSkipOptions =>
  parseOptions({ kind: "policy", name: "random_skip" }, { schema: randomSkip.options, input });

/** Blocks at each of `count` positions. */
function draws(layerCount: number, input: OptionInput, count = 4000): number[][] {
  const options = read(input);
  const run = { model: modelOf(layerCount), limits: { maxTokens: 64, context: count } };
  validateRandomSkip(run.model, options);
  return Array.from({ length: count }, (_, position) => {
    const point = tokenPoint(run, { phase: "decode", position, emitted: 1 });
    return planRandomSkip(point, options).map(({ block }) => block);
  });
}

const meanLength = (plans: readonly number[][]) =>
  plans.reduce((sum, plan) => sum + plan.length, 0) / plans.length;

Deno.test("planRandomSkip() runs the budget exactly when it is whole", () => {
  const plans = draws(12, { blocks: 7 });
  assert(plans.every((plan) => plan.length === 7 && plan[0] === 0 && plan.at(-1) === 11));
});

Deno.test("planRandomSkip() mixes two budgets when it is not", () => {
  const plans = draws(12, { blocks: 7.25 });
  assertEquals(new Set(plans.map((plan) => plan.length)), new Set([7, 8]));
  assertAlmostEquals(meanLength(plans), 7.25, 0.03); // four standard errors
});

Deno.test("planRandomSkip() draws all unprotected blocks equally often", () => {
  const plans = draws(12, { blocks: 7, protectFirst: 2, protectLast: 0 });
  for (let block = 0; block < 12; block++) {
    const share = plans.filter((plan) => plan.includes(block)).length / plans.length;
    assertAlmostEquals(share, block < 2 ? 1 : 0.5, 0.033); // four standard errors
  }
  const pairs = plans.filter((plan) => plan.includes(2) && plan.includes(3)).length;
  assertAlmostEquals(pairs / plans.length, 5 / 10 * 4 / 9, 0.028);
});

Deno.test("planRandomSkip() skips each block by itself when it goes by a rate", () => {
  const plans = draws(12, { rate: 0.3 });
  assertAlmostEquals(meanLength(plans), 12 - 0.3 * 10, 0.1);
  assert(new Set(plans.map((plan) => plan.length)).size > 4);
  assert(plans.every((plan) => plan[0] === 0 && plan.at(-1) === 11));
});

Deno.test("planRandomSkip() runs everything, or the protected blocks alone, at the ends", () => {
  const all = Array.from({ length: 12 }, (_, block) => block);
  for (const input of [{ blocks: 12 }, { rate: 0 }, { protectFirst: 20 }]) {
    for (const plan of draws(12, input, 50)) assertEquals(plan, all);
  }
  for (const input of [{ blocks: 2 }, { rate: 1 }]) {
    for (const plan of draws(12, input, 50)) assertEquals(plan, [0, 11]);
  }
});

Deno.test("planRandomSkip() runs floor or ceil of any budget, ascending, for any draws", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
        minLength: 41,
        maxLength: 41,
      }),
      (layerCount, share, chances) => {
        const options = read({ blocks: Math.min(layerCount, 2) + share * (layerCount - 2) });
        if (options.blocks > layerCount || options.blocks < Math.min(2, layerCount)) return;
        const point: TokenPoint = { ...pointOf(layerCount), uniform: (i) => chances[i]! };
        const blocks = planRandomSkip(point, options).map(({ block }) => block);
        assertEquals(blocks, [...new Set(blocks)].sort((a, b) => a - b));
        assert(Math.abs(blocks.length - options.blocks) < 1);
      },
    ),
    { seed: 7, numRuns: 500 },
  );
});

Deno.test("validateRandomSkip() refuses budgets out of reach", () => {
  assertThrows(() => draws(12, { blocks: 13 }), RangeError, "expected 2 to 12");
  assertThrows(() => draws(12, { blocks: 1 }), RangeError, "expected 2 to 12");
  draws(1, { blocks: 1 }, 1);
});

Deno.test("planRandomSkip() draws once per sequence when asked, and anew for each draw", () => {
  const once = draws(12, { blocks: 6, route: "sequence" }, 50);
  assertEquals(new Set(once.map(String)).size, 1);
  const others = [1, 2, 3].map((draw) => draws(12, { blocks: 6, route: "sequence", draw }, 1)[0]!);
  assertEquals(new Set([once[0]!, ...others].map(String)).size, 4);
});
