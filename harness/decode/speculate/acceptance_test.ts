import { assertAlmostEquals, assertEquals } from "@std/assert";
import { acceptanceRate, acceptGreedy, acceptSampled, residualLaw } from "./acceptance.ts";

Deno.test("acceptGreedy() accepts up to the first mismatch and emits full depth's token there", () => {
  // papers/layerskip.md, section 6; papers/valade_self_supervised.md, section 6
  assertEquals(acceptGreedy([5, 9, 2, 7], [5, 9, 4, 1, 8]), { accepted: 2, next: 4 });
  assertEquals(acceptGreedy([5, 9], [5, 9, 3]), { accepted: 2, next: 3 });
  assertEquals(acceptGreedy([5], [6, 1]), { accepted: 0, next: 6 });
  assertEquals(acceptGreedy([7, 3, 9], [7, 3, 9, 1]), { accepted: 3, next: 1 });
  assertEquals(acceptGreedy([], [5]), { accepted: 0, next: 5 });
});

const law = (...values: number[]) => Float64Array.from(values);

function closeTo(actual: Float64Array, expected: readonly number[]): void {
  expected.forEach((value, i) => assertAlmostEquals(actual[i]!, value, 1e-6));
}

Deno.test("acceptSampled() accepts with probability min(1, p / q)", () => {
  // papers/self_speculative_background.md, section 1
  const p = law(.5, .3, .2);
  const q = law(.2, .5, .3);
  const accepts = (token: number, u: number) =>
    acceptSampled([token], { targets: [p, p], drafts: [q], uniform: () => u }).accepted === 1;
  [1, .6, 2 / 3].forEach((probability, token) => {
    assertEquals(accepts(token, probability - 1e-6), true);
    if (probability < 1) assertEquals(accepts(token, probability + 1e-6), false, `${token}`);
  });
  closeTo(residualLaw(p, q), [1, 0, 0]);
  assertAlmostEquals(acceptanceRate(p, q), .7);
});

Deno.test("residualLaw() is the part of p above q, normalised", () => {
  // papers/layerskip.md, section 6
  const p = law(.5, .3, .2);
  closeTo(residualLaw(p, law(.2, .7, .1)), [.75, 0, .25]);
  assertAlmostEquals(acceptanceRate(p, law(.2, .7, .1)), .6);
  closeTo(residualLaw(p, 1), [5 / 7, 0, 2 / 7]); // a token without a law
  assertEquals(residualLaw(p, p), p);
});

Deno.test("acceptSampled() accepts a token without a law with probability p and never one that p excludes", () => {
  const p = law(.4, .6, 0);
  const accepted = (token: number, u: number) =>
    acceptSampled([token], { targets: [p, p], drafts: [undefined], uniform: () => u });
  assertEquals(accepted(0, .39).accepted, 1);
  assertEquals(accepted(0, .41), { accepted: 0, next: 1 });
  assertEquals(accepted(2, 0).accepted, 0);
});
