import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { holmAdjusted } from "../numerics/holm.ts";
import { createRandom, type Random } from "../numerics/random.ts";
import { studentTHalfWidth } from "../numerics/student_t.ts";
import { type Interval, intervalAt, studentise } from "./bootstrap.ts";
import { signFlipTest } from "./sign_flip.ts";
import { simultaneousIntervals } from "./simultaneous.ts";
import { decideVerdict } from "./verdict.ts";

function excludesZero({ low, high }: Interval): boolean {
  return low > 0 || high < 0;
}

/** Means of some policies over the same prompts, resampled together. */
function familyOf(policies: readonly (readonly number[])[], resamples: number, seed = 1) {
  const prompts = policies[0]!.length;
  return studentise({
    starts: Array.from({ length: prompts + 1 }, (_, i) => i),
    inside: "kept",
    statistics: policies.map((numerators) => ({
      numerators,
      denominators: numerators.map(() => 1),
      scale: "linear",
    })),
  }, { seed, resamples });
}

/** ln speed-ups of equal policies: each has noise of its own beside the baseline's. */
function trueNulls(random: Random, { policies, prompts }: { policies: number; prompts: number }) {
  const baseline = Array.from({ length: prompts }, () => 0.03 * random.normal());
  return Array.from(
    { length: policies },
    () => baseline.map((base) => base + 0.03 * random.normal()),
  );
}

Deno.test("simultaneousIntervals() of one comparison is its own interval", () => {
  const family = familyOf([[1, 4, 2, 8, 5, 7, 1, 3, 9, 2]], 999);
  assertEquals(simultaneousIntervals(family), [intervalAt(family[0]!)]);
  assertEquals(simultaneousIntervals([]), []);
});

Deno.test("simultaneousIntervals() are wider than single ones, narrower than Bonferroni's", () => {
  const family = familyOf(trueNulls(createRandom(5), { policies: 6, prompts: 30 }), 9999);
  simultaneousIntervals(family).forEach(({ low, high }, k) => {
    const single = intervalAt(family[k]!), split = intervalAt(family[k]!, 1 - 0.05 / 6);
    assert(high - low > single.high - single.low);
    assert(high - low < 1.05 * (split.high - split.low));
  });
});

Deno.test("simultaneousIntervals() keep few prompts from widening the others", () => {
  const random = createRandom(6);
  const [many] = familyOf([Array.from({ length: 40 }, () => random.normal())], 1999);
  const [few] = familyOf([[1, 2, 4]], 1999);
  const [wide, own] = simultaneousIntervals([many!, few!]);
  const half = studentTHalfWidth(0.975, 2) * few!.standardError;
  assert(own!.high - own!.value >= half - 1e-12);
  assertAlmostEquals(wide!.high, intervalAt(many!, 0.975).high, 1e-12);
});

Deno.test("verdicts of ten equal policies are wrong anywhere in at most 5 % of runs", () => {
  const random = createRandom(7);
  const trials = 2000;
  let excluding = 0, wins = 0, alone = 0;
  for (let trial = 0; trial < trials; trial++) {
    // 399 resamples for speed: they add noise to the ends of intervals, so errors are overstated.
    const family = familyOf(trueNulls(random, { policies: 10, prompts: 24 }), 399, trial);
    const intervals = simultaneousIntervals(family);
    const decided = (interval: Interval) =>
      ["faster", "slower"].includes(decideVerdict(interval, { margin: 0.01, delta: 0.01 }));
    if (intervals.some(excludesZero)) excluding++;
    if (intervals.some(decided)) wins++;
    if (family.some((each) => excludesZero(intervalAt(each)))) alone++;
  }
  assert(excluding / trials <= 0.06, `intervals without 0: ${excluding / trials}`);
  assert(wins / trials <= 0.05, `false verdicts: ${wins / trials}`);
  assert(alone / trials >= 0.2, `uncorrected ${alone / trials}`);
});

Deno.test("holmAdjusted() of 110 sign-flip tests errs in at most 5 % of families", () => {
  const random = createRandom(9);
  const trials = 2000;
  let wrong = 0, alone = 0;
  for (let trial = 0; trial < trials; trial++) {
    // 10 policies on 11 suites of 16 prompts each.
    const pValues = Array.from(
      { length: 11 },
      () => trueNulls(random, { policies: 10, prompts: 16 }),
    )
      .flat().map((differences) => signFlipTest(differences, 0));
    if (holmAdjusted(pValues).some((p) => p <= 0.05)) wrong++;
    if (pValues.some((p) => p <= 0.05)) alone++;
  }
  assert(wrong / trials <= 0.05, `family-wise error ${wrong / trials}`);
  assert(alone / trials >= 0.9, `uncorrected ${alone / trials}`);
});
