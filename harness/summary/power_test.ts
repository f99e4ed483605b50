import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createRandom } from "../numerics/random.ts";
import { minimumDetectable, requiredPrompts } from "./power.ts";
import { signFlipTest } from "./sign_flip.ts";

Deno.test("requiredPrompts() asks for 51 prompts to see 2 % through a spread of 5 %", () => {
  // 7.85 · 0.05² / ln(1.02)² = 50.04; the rule of thumb with δ² in place of ln² says 49.
  assertEquals(requiredPrompts({ standardError: 0.05 / Math.sqrt(30), clusters: 30 }, 0.02), 51);
  assertEquals(requiredPrompts({ standardError: NaN, clusters: 1 }, 0.02), NaN);
  assertEquals(requiredPrompts({ standardError: 0.1, clusters: 20 }, 0), NaN);
  assertEquals(requiredPrompts({ standardError: 0, clusters: 20 }, 0.01), 2);
});

Deno.test("minimumDetectable() is 2.8 standard errors", () => {
  assertAlmostEquals(minimumDetectable({ standardError: 0.01 }), Math.expm1(0.028016), 1e-6);
});

Deno.test("minimumDetectable() effects are found in about 80 % of runs", () => {
  const random = createRandom(17);
  const prompts = 40, spread = 0.05;
  const effect = Math.log1p(minimumDetectable({ standardError: spread / Math.sqrt(prompts) }));
  let found = 0;
  for (let trial = 0; trial < 500; trial++) {
    const differences = Array.from({ length: prompts }, () => effect + spread * random.normal());
    if (signFlipTest(differences, trial) <= 0.05) found++;
  }
  assert(found > 370 && found < 425, `found in ${found} of 500`);
});
