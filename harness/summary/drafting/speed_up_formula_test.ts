import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  alphaOfAcceptance,
  breakEvenAlpha,
  expectedSpeedUp,
  expectedTokens,
} from "./speed_up_formula.ts";

// papers/self_speculative_background.md, section 1; papers/layerskip.md, sections 2 and 8

Deno.test("expectedTokens() and expectedSpeedUp() give the cards' numbers", () => {
  const rows = [
    [.8, 4, 3.3616, .25, 1, 1.6808],
    [.6, 3, 2.1760, .25, 1, 1.2434],
    [.9, 8, 6.1258, .25, 1, 2.0419],
    [.8, 4, 3.3616, 5 / 13, 1.2, 1.2276],
  ] as const;
  for (const [alpha, draft, tokens, draftCost, verifyCost, speedUp] of rows) {
    assertAlmostEquals(expectedTokens(alpha, draft), tokens, 5e-5);
    const costs = { draft, draftCost, verifyCost };
    assertAlmostEquals(expectedSpeedUp(alpha, costs), speedUp, 5e-5);
  }
  assertEquals(expectedTokens(1, 4), 5);
  assertEquals(expectedTokens(0, 4), 1);
});

Deno.test("expectedSpeedUp() with the head's price falls as the card computes", () => {
  // Thirty blocks, a head of h blocks, drafts at height 8: c = (8 + h) / (30 + h), v = 1.
  const rows = [[.7, 0, 1.342], [.7, 8, 1.033], [.9, 0, 1.982], [.9, 8, 1.526], [.3, 0, .690], [
    .3,
    8,
    .531,
  ]];
  for (const [alpha, head, speedUp] of rows) {
    const costs = { draft: 4, draftCost: (8 + head!) / (30 + head!), verifyCost: 1 };
    assertAlmostEquals(expectedSpeedUp(alpha!, costs), speedUp!, 5e-4);
  }
});

Deno.test("accepted ÷ drafted is not alpha, and alphaOfAcceptance() goes from one to the other", () => {
  assertAlmostEquals((expectedTokens(.8, 4) - 1) / 4, .5904, 5e-5);
  assertAlmostEquals(alphaOfAcceptance(.5904, 4), .8, 1e-4);
  assertAlmostEquals(alphaOfAcceptance(.689, 12), .941, 5e-4);
  assertAlmostEquals(alphaOfAcceptance(.760, 8), .939, 5e-4);
});

Deno.test("breakEvenAlpha() is where the speed-up is 1, or none", () => {
  const costs = { draft: 4, draftCost: .25, verifyCost: 1 };
  assertAlmostEquals(expectedSpeedUp(breakEvenAlpha(costs)!, costs), 1, 1e-6);
  assertEquals(breakEvenAlpha({ draft: 4, draftCost: 1, verifyCost: 2 }), undefined);
  assertEquals(breakEvenAlpha({ draft: 0, draftCost: 0, verifyCost: 1 }), 0);
});
