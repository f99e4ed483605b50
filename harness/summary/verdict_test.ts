import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Interval } from "./bootstrap.ts";
import { decideVerdict, marginsFrom } from "./verdict.ts";

function interval(low: number, high: number, clusters = 20): Interval {
  return { value: (low + high) / 2, low, high, standardError: (high - low) / 4, clusters };
}
const margins = { margin: 0.01, delta: 0.03 };

Deno.test("decideVerdict() needs the whole interval beyond δ for faster and slower", () => {
  assertEquals(decideVerdict(interval(0.031, 0.2), margins), "faster");
  assertEquals(decideVerdict(interval(0.029, 0.2), margins), "inconclusive");
  assertEquals(decideVerdict(interval(-0.2, -0.031), margins), "slower");
  assertEquals(decideVerdict(interval(-0.2, 0.2), margins), "inconclusive");
});

Deno.test("decideVerdict() takes the user's margin alone for equivalence", () => {
  assertEquals(decideVerdict(interval(-0.0099, 0.0099), margins), "equivalent");
  assertEquals(decideVerdict(interval(-0.02, 0.02), margins), "inconclusive");
});

Deno.test("decideVerdict() calls nothing equivalent below eight prompts or without interval", () => {
  assertEquals(decideVerdict(interval(0, 0, 7), margins), "inconclusive");
  assertEquals(decideVerdict(interval(0, 0, 8), margins), "equivalent");
  assertEquals(decideVerdict(interval(NaN, NaN, 1), margins), "inconclusive");
});

Deno.test("marginsFrom() takes the larger of margin and twice the A/A half-width", () => {
  assertEquals(marginsFrom(0.01, undefined), { margin: 0.01, delta: 0.01 });
  assertEquals(marginsFrom(0.01, interval(-0.002, 0.002)).delta, 0.01);
  assertAlmostEquals(marginsFrom(0.01, interval(-0.02, 0.03)).delta, Math.expm1(0.05), 1e-12);
  assertEquals(marginsFrom(0.01, interval(NaN, NaN)).delta, 0.01);
});
