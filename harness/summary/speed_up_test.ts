import { assertAlmostEquals, assertEquals } from "@std/assert";
import { timed } from "./_test_run.ts";
import { baselineSpeed, compareTimes, pairTimes } from "./speed_up.ts";

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

Deno.test("baselineSpeed() is exactly 1 with the baseline's own time per token", () => {
  const speed = baselineSpeed(
    [timed("full", "a", { decodeMs: 10 }), timed("full", "b", { decodeMs: 30 })],
    resampling,
  );
  assertEquals(speed.decodeMs.value, 2);
  assertEquals([speed.perPrompt.low, speed.workload.high, speed.verdict], [1, 1, "equivalent"]);
});

Deno.test("compareTimes() draws alike for arms timed in the same blocks", () => {
  const visits = (arm: string, factor: number) =>
    ["a", "b", "c", "d"].map((item, i) => timed(arm, item, { decodeMs: factor * (5 + i * i) }));
  const base = visits("full", 1);
  const noisy = base.map((record, i) => ({ ...record, decodeMs: record.decodeMs * (1 + i / 9) }));
  const [one, twice] = [1, 2].map((factor) =>
    compareTimes(
      pairTimes(base, noisy.map((each) => ({ ...each, decodeMs: factor * each.decodeMs }))),
      resampling,
    ).perPrompt.students
  );
  one!.forEach((student, b) => {
    if (!Number.isNaN(student)) assertAlmostEquals(student, twice![b]!, 1e-6);
  });
});

Deno.test("pairTimes() divides by the tokens of all rows, and never pairs different rows", () => {
  const base = [{ ...timed("full", "a", { decodeMs: 8, steps: 4 }), rows: 4 }];
  const method = [{ ...timed("k", "a", { decodeMs: 4, steps: 4 }), rows: 4 }];
  assertEquals(compareTimes(pairTimes(base, method), resampling).decodeMs.value, 0.25);
  assertEquals(pairTimes(base, [timed("k", "a", { decodeMs: 4, steps: 4 })]).leftOut, 1);
});
