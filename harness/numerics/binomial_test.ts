import { assertAlmostEquals, assertStrictEquals } from "@std/assert";
import { binomialTail } from "./binomial.ts";

Deno.test("binomialTail() equals exact rational sums", () => {
  // Sums of Python fractions.
  const cases: readonly (readonly [number, number, number, number])[] = [
    [0, 10, 0.1, 0.3486784401],
    [7, 200, 0.1, 0.0004849967164535504],
    [12, 200, 0.1, 0.03204652879690642],
    [900, 1000, 0.9, 0.5154177095659203],
    [3, 2000, 0.02, 3.452822641465153e-14],
    [29, 30, 0.5, 0.9999999990686774],
  ];
  for (const [k, trials, p, expected] of cases) {
    assertAlmostEquals(binomialTail(k, { trials, p }) / expected, 1, 1e-11);
  }
});

Deno.test("binomialTail() keeps its ends and does not vanish in large samples", () => {
  assertStrictEquals(binomialTail(-1, { trials: 5, p: 0.5 }), 0);
  assertStrictEquals(binomialTail(5, { trials: 5, p: 0.5 }), 1);
  assertStrictEquals(binomialTail(3, { trials: 5, p: 0 }), 1);
  assertStrictEquals(binomialTail(3, { trials: 5, p: 1 }), 0);
  assertAlmostEquals(binomialTail(50_000, { trials: 100_000, p: 0.5 }), 0.5, 2e-3);
});
