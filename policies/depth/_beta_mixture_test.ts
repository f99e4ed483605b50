import { assertAlmostEquals, assertEquals } from "@std/assert";
import { createRandom } from "../../harness/numerics/random.ts";
import { addConfidence, agreementGiven, fitBeta, logGamma, NO_MOMENTS } from "./_beta_mixture.ts";

Deno.test("agreementGiven() gives the posteriors of the card's mixture", () => {
  const mixture = { agree: { a: 4, b: 2, weight: .7 }, differ: { a: 2, b: 4, weight: .3 } };
  const cases = [[.3, .3], [.5, .7], [.7, .927], [.9, .9947]] as const;
  for (const [c, posterior] of cases) {
    assertAlmostEquals(agreementGiven(c, mixture), posterior, 5e-5);
  }
});

Deno.test("agreementGiven() is a number at the ends of the range", () => {
  const mixture = { agree: { a: 4, b: 2, weight: 7 }, differ: { a: .5, b: 4, weight: 3 } };
  assertAlmostEquals(agreementGiven(0, mixture), 0, 1e-9);
  assertAlmostEquals(agreementGiven(1, mixture), 1, 1e-9);
  assertEquals(Number.isNaN(agreementGiven(NaN, mixture)), true);
});

Deno.test("logGamma() is the logarithm of the factorial, and of half-integer values", () => {
  let factorial = 1;
  for (let n = 1; n <= 20; n++) {
    assertAlmostEquals(logGamma(n), Math.log(factorial), 1e-11);
    factorial *= n;
  }
  assertAlmostEquals(logGamma(0.5), Math.log(Math.PI) / 2, 1e-12);
  assertAlmostEquals(logGamma(0.25), Math.log(3.625609908221908), 1e-12);
});

Deno.test("fitBeta() finds the law by its mean and variance", () => {
  // Beta(4, 2) has mean 2/3 and variance 4·2 / (6² · 7) = 2/63.
  const count = 1000;
  const law = fitBeta({ count, sum: count * 2 / 3, squares: count * (4 / 9 + 2 / 63) })!;
  assertAlmostEquals(law.a, 4, 1e-9);
  assertAlmostEquals(law.b, 2, 1e-9);
  assertEquals(law.weight, count);
});

Deno.test("fitBeta() comes near the law that confidences are drawn from", () => {
  // The k-th smallest of n uniform numbers is Beta(k, n − k + 1): here the fourth of five.
  const random = createRandom(7);
  let moments = NO_MOMENTS;
  for (let i = 0; i < 20_000; i++) {
    const sorted = Array.from({ length: 5 }, () => random.uniform()).sort((x, y) => x - y);
    moments = addConfidence(moments, sorted[3]!);
  }
  const law = fitBeta(moments)!;
  assertAlmostEquals(law.a, 4, 0.15);
  assertAlmostEquals(law.b, 2, 0.08);
});

Deno.test("fitBeta() refuses moments that no Beta law has", () => {
  const alike = [.3, .3, .3].reduce(addConfidence, NO_MOMENTS);
  assertEquals(fitBeta(alike), undefined);
  assertEquals(fitBeta(NO_MOMENTS), undefined);
  assertEquals(fitBeta([0, 1, 0, 1].reduce(addConfidence, NO_MOMENTS)), undefined);
});
