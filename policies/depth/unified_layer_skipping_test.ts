import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { pointOf } from "../../harness/conformance/policy_samples.ts";
import {
  keepSet,
  planUnifiedLayerSkipping,
  type Spacing,
  unifiedLayerSkipping,
  validateUnifiedLayerSkipping,
} from "./unified_layer_skipping.ts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const validate = (layerCount: number, ratio: number, spacing: Spacing) =>
  validateUnifiedLayerSkipping(pointOf(layerCount).model, { ratio, spacing, prompt: false });

Deno.test("keepSet() gives the released sets", () => {
  const cases: readonly (readonly [number, number, readonly number[]])[] = [
    [30, 1, range(0, 30)],
    [30, 2, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 29]],
    [30, 3, [0, 3, 6, 9, 12, 15, 18, 21, 24, 29]],
    [30, 4, [0, 5, 10, 15, 20, 25, 29]],
    [30, 5, [0, 6, 12, 18, 24, 29]],
    [30, 10, [0, 15, 29]],
    [30, 15, [0, 29]],
    [32, 2, [...range(0, 15).map((k) => 2 * k), 31]],
    [12, 3, [0, 4, 8, 11]],
    [8, 2, [0, 2, 4, 7]],
  ];
  for (const [layerCount, ratio, expected] of cases) {
    validate(layerCount, ratio, "released");
    assertEquals(keepSet(layerCount, { ratio, spacing: "released" }), expected);
  }
});

Deno.test("keepSet() leaves one hole where released has no meaning, which is refused", () => {
  assertEquals(keepSet(30, { ratio: 1.5, spacing: "released" }), [...range(0, 19), 29]);
  assertThrows(
    () => validate(30, 1.5, "released"),
    RangeError,
    "expected a ratio of 1 or >= 2, because in between the released rule leaves one contiguous " +
      "hole: give spacing=even",
  );
  validate(30, 1.5, "even");
  validate(30, 1.01, "even");
});

Deno.test("keepSet() spaces evenly, rounding half up", () => {
  const even = (layerCount: number, budget: number) =>
    keepSet(layerCount, { ratio: layerCount / budget, spacing: "even" });
  assertEquals(even(30, 6), [0, 6, 12, 17, 23, 29]);
  assertEquals(even(12, 6), [0, 2, 4, 7, 9, 11]);
  assertEquals(even(8, 4), [0, 2, 5, 7]);
  assertEquals(even(4, 3), [0, 2, 3]); // 1.5 rounds up
  assertEquals(even(30, 1), [29]);
});

Deno.test("keepSet() keeps a prefix or a suffix when contiguous", () => {
  assertEquals(keepSet(12, { ratio: 3, spacing: "contiguous_bottom" }), [0, 1, 2, 3]);
  assertEquals(keepSet(12, { ratio: 3, spacing: "contiguous_top" }), [8, 9, 10, 11]);
});

Deno.test("validateUnifiedLayerSkipping() refuses ratios that keep too little", () => {
  assertThrows(() => validate(30, 30, "released"), RangeError, "give a ratio of at most 15");
  validate(30, 30, "even");
  assertThrows(() => validate(30, 31, "even"), RangeError, "expected a ratio of at most 30");
  validate(1, 1, "released");
});

Deno.test("keepSet() keeps exactly floor(N / r) blocks, ascending, with both ends", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 80 }),
      fc.double({ min: 1, max: 80, noNaN: true }),
      fc.constantFrom<Spacing>("released", "even", "contiguous_top", "contiguous_bottom"),
      (layerCount, ratio, spacing) => {
        try {
          validate(layerCount, ratio, spacing);
        } catch {
          return;
        }
        const kept = keepSet(layerCount, { ratio, spacing });
        assertEquals(kept.length, Math.floor(layerCount / ratio));
        assertEquals(kept, [...new Set(kept)].sort((a, b) => a - b));
        const ends = spacing === "released" || (spacing === "even" && kept.length > 1);
        if (ends) assertEquals([kept[0], kept.at(-1)], [0, layerCount - 1]);
      },
    ),
    { seed: 7, numRuns: 500 },
  );
});

Deno.test("planUnifiedLayerSkipping() at ratio 1 is full depth", () => {
  const plan = planUnifiedLayerSkipping(pointOf(30), {
    ratio: 1,
    spacing: "released",
    prompt: false,
  });
  assertEquals(plan.map((visit) => visit.block), range(0, 30));
  assertEquals(
    unifiedLayerSkipping.defaultFill({ ratio: 2, spacing: "released", prompt: false }),
    "none",
  );
});
