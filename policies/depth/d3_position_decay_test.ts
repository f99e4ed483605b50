import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { pointOf } from "../../harness/conformance/policy_samples.ts";
import { type OptionInput, parseOptions } from "../../harness/contract/mod.ts";
import {
  d3Budget,
  d3Core,
  d3PositionDecay,
  type D3PositionDecayOptions,
  d3SkipOrder,
  planD3PositionDecay,
  solveD3Alpha,
  validateD3PositionDecay,
} from "./d3_position_decay.ts";

const owner = { kind: "policy", name: "d3_position_decay" };
const read = (input: OptionInput): D3PositionDecayOptions =>
  parseOptions(owner, { schema: d3PositionDecay.options, input });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

// The card's worked example: L = 30, H = 5, B = 3 (the defaults), α = 0.97.
const EXAMPLE = { alpha: 0.97, start: 0, refLength: 64 };

function budgets(tokens: readonly number[], input: OptionInput, layerCount = 30): number[] {
  const options = read({ ...EXAMPLE, ...input });
  return tokens.map((i) => d3Budget(i, { layerCount, options }));
}

Deno.test("d3Budget() decays geometrically down to the protected ends", () => {
  assertEquals(
    budgets([0, 1, 2, 3, 4, 5, 10, 20, 40, 45, 60], {}),
    [30, 29, 28, 27, 26, 25, 22, 16, 8, 8, 8],
  );
  assertEquals(budgets([0, 1, 2, 3], { alpha: 0.5 }), [30, 15, 8, 8]);
});

Deno.test("d3Budget() starts late, its exponent at the start or at the first token", () => {
  const late = { start: 0.25 }; // of 64: i₀ = 16
  assertEquals(budgets([15, 16, 17, 26, 36, 64], late), [30, 30, 29, 22, 16, 8]);
  const absolute = { ...late, exponentOrigin: "absolute" };
  assertEquals(budgets([15, 16, 17, 26, 36], absolute), [30, 18, 17, 13, 10]);
});

Deno.test("d3Budget() averages over 64 tokens as the card says", () => {
  const over = (start: number) => mean(budgets(range(0, 64), { start }));
  assertAlmostEquals(over(0), 13.703, 5e-4);
  assertAlmostEquals(over(0.2), 17.828, 5e-4);
  assertAlmostEquals(over(0.8), 28.922, 5e-4);
});

Deno.test("d3Core() protects 15 % below and 8 % above", () => {
  const core = (layerCount: number) => {
    const { head, tail } = d3Core(layerCount, read({ refLength: 1 }));
    return [head, tail];
  };
  assertEquals([core(30), core(12), core(8), core(2), core(1)], [
    [5, 3],
    [2, 1],
    [2, 1],
    [1, 1],
    [1, 0],
  ]);
});

Deno.test("d3SkipOrder() goes from the centre outwards, the lower block first", () => {
  const order = d3SkipOrder(30, read(EXAMPLE));
  const skipped = (budget: number) => order.slice(0, 30 - budget).toSorted((a, b) => a - b);
  assertEquals(skipped(29), [15]);
  assertEquals(skipped(28), [15, 16]);
  assertEquals(skipped(27), [14, 15, 16]);
  assertEquals(skipped(22), range(12, 20));
  assertEquals(skipped(16), range(9, 23));
  assertEquals(skipped(8), range(5, 27));
  assertEquals(d3SkipOrder(7, read({ ...EXAMPLE, headCore: 1, tailCore: 2 })), [2, 3, 1, 4]);
});

Deno.test("d3SkipOrder() goes down, up, or by influence with ties to the lower block", () => {
  const order = (skipOrder: string, influence: number[] = []) =>
    d3SkipOrder(6, read({ ...EXAMPLE, headCore: 1, tailCore: 1, skipOrder, influence }));
  assertEquals(order("top_down"), [4, 3, 2, 1]);
  assertEquals(order("bottom_up"), [1, 2, 3, 4]);
  assertEquals(order("bi_ascending", [0, 0.2, 0.1, 0.1, 0.3, 0]), [2, 3, 1, 4]);
});

Deno.test("solveD3Alpha() gives the card's table of targets", () => {
  const table: readonly (readonly [number, readonly number[]])[] = [
    [1.25, [.9864, .9933, .9967, .9984]],
    [1.5, [.9737, .9870, .9936, .9968]],
    [2, [.9504, .9756, .9879, .9940]],
  ];
  for (const [target, alphas] of table) {
    alphas.forEach((alpha, i) => {
      const refLength = 32 * 2 ** i;
      const options = read({ refLength, target, start: 0 });
      assertAlmostEquals(solveD3Alpha(30, options), alpha, 5.1e-5);
      assertAlmostEquals(mean(budgets(range(0, refLength), { ...options })), 30 / target, 1e-9);
    });
  }
});

Deno.test("solveD3Alpha() counts the full-depth start", () => {
  for (const exponentOrigin of ["start", "absolute"]) {
    const input = { refLength: 100, target: 1.3, start: 0.3, alpha: 0, exponentOrigin };
    const found = mean(budgets(range(0, 100), input));
    // Each α moves whole blocks of whole tokens: one token's step beside the target at most.
    assertAlmostEquals(found, 30 / 1.3, exponentOrigin === "start" ? 1e-2 : 0.3);
  }
});

Deno.test("validateD3PositionDecay() refuses what does not fit", () => {
  const { model } = pointOf(30);
  const refused: readonly (readonly [OptionInput, string])[] = [
    [{ headCore: 20, tailCore: 11 }, "expected at most 30 together"],
    [{ skipOrder: "bi_ascending", influence: [1, 2] }, 'option "influence" has 2'],
    [{ alpha: 0, target: 3.8 }, "expected at most 3.596"],
    [{ alpha: 0, target: 1.3, start: 0.8 }, "expected at most 1.159"],
  ];
  for (const [input, message] of refused) {
    const options = read({ ...EXAMPLE, ...input });
    assertThrows(() => validateD3PositionDecay(model, options), RangeError, message);
  }
  assertThrows(() => read({}), RangeError, 'option "refLength"');
});

Deno.test("planD3PositionDecay() runs nested sets of the budget's size with both ends", () => {
  fc.assert(
    fc.property(
      fc.record({
        layerCount: fc.integer({ min: 1, max: 40 }),
        refLength: fc.integer({ min: 1, max: 40 }),
        alpha: fc.constantFrom(0, 0.5, 0.9, 0.97, 1),
        start: fc.constantFrom(0, 0.2, 0.8, 1),
        skipOrder: fc.constantFrom("middle_out", "top_down", "bottom_up"),
        exponentOrigin: fc.constantFrom("start", "absolute"),
      }),
      ({ layerCount, ...input }) => {
        const options = read(input);
        const point = pointOf(layerCount);
        try {
          validateD3PositionDecay(point.model, options);
        } catch {
          return;
        }
        const { head, tail } = d3Core(layerCount, options);
        let before = range(0, layerCount);
        for (let emitted = 1; emitted < 60; emitted++) {
          const plan = planD3PositionDecay({ ...point, emitted }, options);
          const blocks = plan.map(({ block }) => block);
          assertEquals(blocks.length, d3Budget(emitted, { layerCount, options }));
          assert(blocks.every((block) => before.includes(block)));
          assertEquals(blocks.slice(0, head), range(0, head));
          assertEquals(blocks.slice(-tail || layerCount), range(layerCount - tail, layerCount));
          if (options.alpha === 1) assertEquals(blocks.length, layerCount);
          before = blocks;
        }
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

Deno.test("d3Budget() never falls with a larger alpha or a later start", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.nat({ max: 80 }),
      (a, b, i) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const [less] = budgets([i], { alpha: low, start: 0.1 });
        const [more] = budgets([i], { alpha: high, start: 0.1 });
        assert(less! <= more!);
        const [early] = budgets([i], { start: low });
        const [late] = budgets([i], { start: high });
        assert(early! <= late!);
      },
    ),
    { seed: 7 },
  );
});
