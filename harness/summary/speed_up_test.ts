import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createRandom } from "../numerics/random.ts";
import { timed } from "./_test_run.ts";
import { baselineSpeed, compareTimes, pairTimes, speedOf } from "./speed_up.ts";

const resampling = { seed: 1, resamples: 999 };

Deno.test("compareTimes() gives the protocols' two speed-ups of the same two prompts", () => {
  const base = [
    timed("full", "a", { decodeMs: 10, steps: 100 }),
    timed("full", "b", { decodeMs: 4 }),
  ];
  const method = [timed("k", "a", { decodeMs: 4, steps: 100 }), timed("k", "b", { decodeMs: 5 })];
  const { perPrompt, workload, decodeMs } = compareTimes(pairTimes(base, method), resampling);
  assertAlmostEquals(Math.exp(workload.value), 1.555556, 5e-7);
  assertAlmostEquals(Math.exp(perPrompt.value), 1.414214, 5e-7);
  assertAlmostEquals(decodeMs.value, (0.04 + 0.5) / 2, 1e-12);
});

Deno.test("compareTimes() averages a prompt's visits before prompts", () => {
  const base = [0, 1, 2].map((repetition) => timed("full", "a", { repetition, decodeMs: 8 }));
  const method = [0, 1, 2].map((repetition) => timed("k", "a", { repetition, decodeMs: 4 }));
  base.push(timed("full", "b", { decodeMs: 8 }));
  method.push(timed("k", "b", { decodeMs: 8 }));
  const { perPrompt, differences } = compareTimes(pairTimes(base, method), resampling);
  assertAlmostEquals(perPrompt.value, Math.LN2 / 2, 1e-12);
  assertAlmostEquals(differences[0]!, Math.LN2, 1e-12);
  assertEquals([differences.length, perPrompt.clusters], [2, 2]);
});

Deno.test("pairTimes() leaves out visits without an equal counterpart and counts them", () => {
  const base = [timed("full", "a", { decodeMs: 8 }), timed("full", "b", { decodeMs: 8 })];
  const method = [
    timed("k", "a", { decodeMs: 4 }),
    timed("k", "b", { decodeMs: 4, steps: 9 }),
    timed("k", "c", { decodeMs: 4 }),
    timed("k", "a", { decodeMs: 4, repetition: 1 }),
  ];
  const times = pairTimes(base, method);
  assertEquals(times.baseMs, [8]);
  assertEquals(times.leftOut, 3);
});

Deno.test("speedOf() decides a clear gain and states the smallest effect", () => {
  const random = createRandom(3);
  const base = [], method = [];
  for (let i = 0; i < 12; i++) {
    const level = 10 + 5 * random.uniform();
    for (const repetition of [0, 1]) {
      const noise = () => Math.exp(0.01 * random.normal());
      base.push(timed("full", `p${i}`, { repetition, decodeMs: level * noise() }));
      method.push(timed("k", `p${i}`, { repetition, decodeMs: level / 1.5 * noise() }));
    }
  }
  const comparison = compareTimes(pairTimes(base, method), resampling);
  const speed = speedOf(comparison, { margins: { margin: 0.01, delta: 0.02 }, seed: 1 });
  assertEquals(speed.verdict, "faster");
  assertEquals(speed.pValue, 2 / 2 ** 12);
  assert(speed.perPrompt.low < 1.5 && speed.perPrompt.high > 1.5, JSON.stringify(speed.perPrompt));
  assertAlmostEquals(
    speed.minimumDetectable,
    Math.exp(2.8 * comparison.perPrompt.standardError) - 1,
    1e-12,
  );
  const swapped = speedOf(compareTimes(pairTimes(method, base), resampling), {
    margins: { margin: 0.01, delta: 0.02 },
    seed: 1,
  });
  assertEquals(swapped.verdict, "slower");
});

Deno.test("baselineSpeed() is exactly 1 with the baseline's own time per token", () => {
  const speed = baselineSpeed(
    [timed("full", "a", { decodeMs: 10 }), timed("full", "b", { decodeMs: 30 })],
    resampling,
  );
  assertEquals(speed.decodeMs.value, 2);
  assertEquals([speed.perPrompt.low, speed.workload.high, speed.verdict], [1, 1, "equivalent"]);
});
