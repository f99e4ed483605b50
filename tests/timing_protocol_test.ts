import { assert } from "@std/assert";
import { armOrder } from "../harness/measure/order.ts";
import { createRandom } from "../harness/numerics/random.ts";
import {
  bootstrapRatios,
  type Interval,
  intervalAt,
  studentise,
} from "../harness/summary/bootstrap.ts";
import { lookLevel } from "../harness/summary/speed_family.ts";
import { decideVerdict, marginsFrom } from "../harness/summary/verdict.ts";

/** Noise of a session: AR(1) with φ and a standard deviation of 3 %, and a drift over all of it. */
interface Session {
  readonly phi: number;
  readonly drift: number;
}

/** ln T of blocks of three equal arms in the order that the harness draws. */
function driftingRun(seed: number, { phi, drift }: Session) {
  const prompts = 24, visits = 2;
  const random = createRandom(seed);
  const differences: number[][] = [[], []];
  let noise = 0.03 * random.normal(), slot = 0;
  for (let prompt = 0; prompt < prompts; prompt++) {
    for (let repetition = 0; repetition < visits; repetition++) {
      const log = [0, 0, 0];
      for (const arm of armOrder(3, { seed, prompt: `p${prompt}`, repetition })) {
        noise = phi * noise + 0.03 * Math.sqrt(1 - phi ** 2) * random.normal();
        log[arm] = noise + drift * (slot++ / (prompts * visits * 3));
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
  }, { seed, resamples: 999 }); // of 10,000: ends get noisier, so errors are overstated
  return { sentinel: sentinel!, policy: policy! };
}

const excludesZero = ({ low, high }: Interval) => low > 0 || high < 0;

for (const session of [{ phi: 0.8, drift: 0.05 }, { phi: 0.95, drift: 0.1 }]) {
  const { phi, drift } = session;
  Deno.test(`verdicts under ${100 * drift} % drift and AR(1) noise, φ = ${phi}, have at most 6 % false wins`, () => {
    const trials = 2000;
    let excluding = 0, wins = 0, bias = 0;
    for (let trial = 0; trial < trials; trial++) {
      const { sentinel, policy } = driftingRun(trial, session);
      if (excludesZero(policy)) excluding++;
      const verdict = decideVerdict(policy, marginsFrom(0.01, sentinel));
      if (verdict === "faster" || verdict === "slower") wins++;
      bias += policy.value / trials;
    }
    assert(excluding / trials <= 0.06, `intervals without 0: ${excluding / trials}`);
    assert(wins / trials <= 0.005, `false wins: ${wins / trials}`);
    assert(Math.abs(bias) < 5e-4, `bias ${bias}`);
  });
}

Deno.test("four looks at growing data are wrong anywhere in at most 5 % of runs, unshared in more", () => {
  const trials = 2000, prompts = 16, looks = 4;
  let wrong = 0, unshared = 0;
  for (let trial = 0; trial < trials; trial++) {
    const random = createRandom(trial);
    // Equal arms; prompts differ by 1 % and visits by 3 %. A look comes after every second visit.
    const levels = Array.from({ length: prompts }, () => 0.01 * random.normal());
    const logs = levels.map((): number[] => []);
    let isWrong = false, isUnshared = false;
    for (let look = 1; look <= looks; look++) {
      logs.forEach((own, i) => {
        for (let visit = 0; visit < 2; visit++) own.push(levels[i]! + 0.03 * random.normal());
      });
      const visits = 2 * look;
      const numerators = logs.flatMap((own) => own.map((log) => log / visits));
      const [statistic] = studentise({
        starts: Array.from({ length: prompts + 1 }, (_, i) => i * visits),
        inside: "resampled",
        statistics: [{
          numerators,
          denominators: numerators.map(() => 1 / visits),
          scale: "linear",
        }],
      }, { seed: trial, resamples: 399 });
      isWrong ||= excludesZero(intervalAt(statistic!, lookLevel(looks)));
      isUnshared ||= excludesZero(intervalAt(statistic!));
    }
    if (isWrong) wrong++;
    if (isUnshared) unshared++;
  }
  assert(wrong / trials <= 0.05, `wrong at some look: ${wrong / trials}`);
  assert(unshared / trials > 0.08, `without sharing: ${unshared / trials}`);
});
