import { assert } from "@std/assert";
import { armOrder } from "../harness/measure/order.ts";
import { createRandom } from "../harness/numerics/random.ts";
import { bootstrapRatios, type Interval } from "../harness/summary/bootstrap.ts";
import { decideVerdict, marginsFrom } from "../harness/summary/verdict.ts";

/** ln T of blocks of three equal arms under AR(1) noise (3 %, φ = 0.8) and 5 % drift. */
function driftingRun(seed: number): { sentinel: Interval; policy: Interval } {
  const prompts = 24, visits = 2;
  const random = createRandom(seed);
  const differences: number[][] = [[], []];
  let noise = 0.03 * random.normal(), slot = 0;
  for (let prompt = 0; prompt < prompts; prompt++) {
    for (let repetition = 0; repetition < visits; repetition++) {
      const log = [0, 0, 0];
      for (const arm of armOrder(3, { seed, prompt: `p${prompt}`, repetition })) {
        noise = 0.8 * noise + 0.03 * Math.sqrt(1 - 0.8 ** 2) * random.normal();
        log[arm] = noise + 0.05 * (slot++ / (prompts * visits * 3));
      }
      differences[0]!.push((log[0]! - log[1]!) / visits);
      differences[1]!.push((log[0]! - log[2]!) / visits);
    }
  }
  const [sentinel, policy] = bootstrapRatios({
    starts: Array.from({ length: prompts + 1 }, (_, i) => i * visits),
    inside: "resampled",
    statistics: differences.map((numerators) => ({
      numerators,
      denominators: numerators.map(() => 1 / visits),
      scale: "linear",
    })),
  }, { seed, resamples: 499 });
  return { sentinel: sentinel!, policy: policy! };
}

Deno.test("verdicts under drift and autocorrelated noise have at most 6 % false wins", () => {
  const trials = 2000;
  let excluding = 0, wins = 0, bias = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { sentinel, policy } = driftingRun(trial);
    if (policy.low > 0 || policy.high < 0) excluding++;
    const verdict = decideVerdict(policy, marginsFrom(0.01, sentinel));
    if (verdict === "faster" || verdict === "slower") wins++;
    bias += policy.value / trials;
  }
  assert(excluding / trials <= 0.06, `intervals without 0: ${excluding / trials}`);
  assert(wins / trials <= 0.005, `false wins: ${wins / trials}`);
  assert(Math.abs(bias) < 5e-4, `bias ${bias}`);
});
