import { assertAlmostEquals, assertEquals } from "@std/assert";
import { lagOneAutocorrelation } from "./autocorrelation.ts";
import { createRandom } from "./random.ts";

Deno.test("lagOneAutocorrelation() of a short series, by hand", () => {
  // Offsets −1.5, −0.5, 0.5, 1.5: products 0.75 − 0.25 + 0.75, squares 5.
  assertAlmostEquals(lagOneAutocorrelation([1, 2, 3, 4]), 0.25, 1e-15);
});

Deno.test("lagOneAutocorrelation() recovers the coefficient of an AR(1) series", () => {
  const random = createRandom(5);
  let x = 0;
  const series = Array.from({ length: 5000 }, () => x = 0.8 * x + random.normal());
  assertAlmostEquals(lagOneAutocorrelation(series), 0.8, 0.03);
});

Deno.test("lagOneAutocorrelation() of too few or equal values is NaN", () => {
  assertEquals(lagOneAutocorrelation([1, 2]), NaN);
  assertEquals(lagOneAutocorrelation([3, 3, 3]), NaN);
});
