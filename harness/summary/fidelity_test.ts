import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { lockstep } from "./_test_run.ts";
import { fidelityOf } from "./fidelity.ts";

const resampling = { seed: 1, resamples: 499 };

Deno.test("fidelityOf() of the protocols' flip in five tokens is 0.8", () => {
  const record = lockstep("k", "a", { fullNll: [1, 1, 1, 1, 1], flips: [0, 0, 1, 0, 0] });
  const { agreement, kl } = fidelityOf([record], resampling)!;
  assertAlmostEquals(agreement.value, 0.8, 1e-12);
  assertEquals([agreement.low, kl.value, agreement.clusters], [NaN, 0, 1]);
});

Deno.test("fidelityOf() clusters chunks of a document and stays in range", () => {
  const records = Array.from({ length: 20 }, (_, i) =>
    lockstep("k", `i${i}`, {
      group: `doc${i % 10}`,
      fullNll: [1, 1, 1],
      policyNll: [1, 1.2, 1],
      flips: [0, i === 3 ? 1 : 0, 0],
    }));
  const { agreement, kl } = fidelityOf(records, resampling)!;
  assertEquals(agreement.clusters, 10);
  assertAlmostEquals(kl.value, 0.2 / 3, 1e-12);
  assert(agreement.high <= 1 && agreement.low < 59 / 60 && agreement.low > 0.9);
});

Deno.test("fidelityOf() of nothing is undefined", () => {
  assertEquals(fidelityOf([], resampling), undefined);
});
