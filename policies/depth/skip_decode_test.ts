import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { pointOf } from "../../harness/conformance/policy_samples.ts";
import { type OptionInput, parseOptions } from "../../harness/contract/mod.ts";
import {
  planSkipDecode,
  skipDecode,
  skipDecodeBlocks,
  skipDecodeBudget,
  skipDecodeBudgets,
  type SkipDecodeOptions,
  validateSkipDecode,
} from "./skip_decode.ts";

const read = (input: OptionInput): SkipDecodeOptions =>
  parseOptions({ kind: "policy", name: "skip_decode" }, { schema: skipDecode.options, input });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Budgets of steps 0 to `steps` − 1. */
function budgets(layerCount: number, steps: number, input: OptionInput): number[] {
  const options = read(input);
  validateSkipDecode(pointOf(layerCount).model, options);
  return range(0, steps).map((j) => skipDecodeBudget(j, { layerCount, options }));
}

// The card's worked example: N = 30, w = 1, e_max = 20, e_min = 10, S = 8.
const EXAMPLE = { scheduleLength: 8, maxActive: 20, minActive: 10 };

Deno.test("skipDecodeBudget() falls linearly, rounding half up, and then stays", () => {
  const found = budgets(30, 12, EXAMPLE);
  assertEquals(found, [20, 19, 18, 16, 15, 14, 13, 11, 10, 10, 10, 10]);
  assertEquals(found.slice(0, 9).reduce((sum, e) => sum + e), 136);
});

Deno.test("skipDecodeBudget() rounds down or up when asked to", () => {
  assertEquals(
    budgets(30, 9, { ...EXAMPLE, rounding: "floor" }),
    [20, 18, 17, 16, 15, 13, 12, 11, 10],
  );
  assertEquals(
    budgets(30, 9, { ...EXAMPLE, rounding: "ceil" }),
    [20, 19, 18, 17, 15, 14, 13, 12, 10],
  );
});

Deno.test("skipDecodeBlocks() keeps the warm-up and the top", () => {
  const blocks = (budget: number, input: OptionInput = {}) =>
    skipDecodeBlocks(budget, { layerCount: 30, options: read({ ...EXAMPLE, ...input }) });
  assertEquals(blocks(20), [0, ...range(11, 30)]);
  assertEquals(blocks(15), [0, ...range(16, 30)]);
  assertEquals(blocks(10), [0, ...range(21, 30)]);
  assertEquals(blocks(30), range(0, 30));
  assertEquals(blocks(5, { warmupLayers: 3 }), [0, 1, 2, 28, 29]);
  assertEquals(blocks(5, { warmupLayers: 0 }), range(25, 30));
  assertEquals(blocks(5, { keep: "bottom" }), range(0, 5));
});

Deno.test("planSkipDecode() leaves block 15 with eight cache rows after step 5 and four before", () => {
  const options = read(EXAMPLE);
  const promptRows = 4;
  const runs = (emitted: number) =>
    planSkipDecode({ ...pointOf(30), emitted }, options).some(({ block }) => block === 15);
  const steps = range(0, 6).map((j) => runs(j + 1)); // j + 1 tokens are out before step j
  assertEquals(steps, [true, true, true, true, false, false]);
  assertEquals(promptRows + steps.filter((ran) => ran).length, 8);
});

Deno.test("planSkipDecode() gives prompt rows the largest budget where it acts on them", () => {
  const options = read({ ...EXAMPLE, prompt: true });
  const plan = planSkipDecode({ ...pointOf(30), phase: "prompt", emitted: 0 }, options);
  assertEquals(plan.length, 20);
});

Deno.test("skipDecodeBudgets() scales the paper's pair for a twofold speed-up", () => {
  const scaled = (layerCount: number) => {
    const { max, min } = skipDecodeBudgets(layerCount, read({ scheduleLength: 8 }));
    return [max, min];
  };
  assertEquals(scaled(32), [22, 11]);
  assertEquals(scaled(30), [21, 10]);
  assertEquals(scaled(12), [8, 4]);
  assertEquals(scaled(1), [1, 1]);
  // The paper's pairs: their means give its targets 2, 3, 4 and 5.
  for (const [max, min, target] of [[22, 11, 2], [14, 8, 3], [10, 6, 4], [8, 5, 5]] as const) {
    assertEquals(Math.round(32 / ((max + min) / 2)), target);
  }
});

Deno.test("skipDecodeBudget() follows the other schedules", () => {
  assertEquals(budgets(30, 4, { ...EXAMPLE, scheduleLength: 2, shape: "step" }), [20, 20, 10, 10]);
  assertEquals(budgets(30, 2, { ...EXAMPLE, scheduleLength: 0 }), [10, 10]);
  // N = 32, K = 4, 512 tokens: two blocks are skipped at count 1, four at count 512.
  const adaskip = budgets(32, 600, { shape: "adaskip", scheduleLength: 512, minActive: 28 });
  assertEquals([adaskip[0], adaskip[511], adaskip[599]], [30, 28, 28]);
});

Deno.test("validateSkipDecode() refuses budgets that do not fit", () => {
  const refused: readonly (readonly [OptionInput, string])[] = [
    [{ maxActive: 31 }, "expected at most 30"],
    [{ maxActive: 5, minActive: 6 }, "minActive to be at most maxActive"],
    [{ minActive: 3, warmupLayers: 3 }, "Cannot warm up with 3 of 3 blocks"],
  ];
  for (const [input, message] of refused) {
    assertThrows(() => budgets(30, 1, { scheduleLength: 8, ...input }), RangeError, message);
  }
  assertEquals(budgets(1, 2, { scheduleLength: 1 }), [1, 1]);
  assertThrows(() => read({}), RangeError, 'option "scheduleLength"');
});

Deno.test("planSkipDecode() gives nested sets of the budget's size, with the last block", () => {
  fc.assert(
    fc.property(
      fc.record({
        layerCount: fc.integer({ min: 1, max: 40 }),
        scheduleLength: fc.integer({ min: 0, max: 20 }),
        maxActive: fc.integer({ min: 0, max: 40 }),
        minActive: fc.integer({ min: 0, max: 40 }),
        warmupLayers: fc.integer({ min: 0, max: 5 }),
        keep: fc.constantFrom("top" as const, "bottom" as const),
        shape: fc.constantFrom("linear" as const, "step" as const, "adaskip" as const),
        rounding: fc.constantFrom("half_up" as const, "floor" as const, "ceil" as const),
        prompt: fc.boolean(),
      }),
      ({ layerCount, ...options }) => {
        const point = pointOf(layerCount);
        try {
          validateSkipDecode(point.model, options);
        } catch {
          return;
        }
        const prompt = planSkipDecode({ ...point, phase: "prompt", emitted: 0 }, options);
        let before = new Set(prompt.map(({ block }) => block));
        for (let emitted = 1; emitted < 25; emitted++) {
          const blocks = planSkipDecode({ ...point, emitted }, options).map((each) => each.block);
          assertEquals(blocks.length, skipDecodeBudget(emitted - 1, { layerCount, options }));
          assert(blocks.every((block, k) => before.has(block) && block > (blocks[k - 1] ?? -1)));
          if (options.keep === "top") assertEquals(blocks.at(-1), layerCount - 1);
          before = new Set(blocks);
        }
      },
    ),
    { seed: 7, numRuns: 500 },
  );
});
