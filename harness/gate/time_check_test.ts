import { assertStrictEquals, assertStringIncludes } from "@std/assert";
import type { RunRecord, StoredRun } from "../contract/record.ts";
import { createRandom } from "../numerics/random.ts";
import { timeCheck } from "./time_check.ts";

interface Times {
  /** Time of B ÷ that of A. */
  readonly ratio: number;
  /** Half-range of uniform noise in ln. */
  readonly noise?: number;
  /** Time of the baseline's copy ÷ the baseline's. */
  readonly copy?: number;
  readonly prompts?: number;
  readonly seed?: number;
}

function run(
  { ratio, noise = 0.01, copy = 1, prompts = 20, seed = 3 }: Times,
): StoredRun {
  const random = createRandom(seed);
  const ms = (mean: number) => mean * Math.exp(noise * (2 * random.uniform() - 1));
  const means = [["full_depth", 10], ["full_depth again", 10 * copy], ["a", 6], [
    "b",
    6 * ratio,
  ]] as const;
  const records: RunRecord[] = [];
  for (let prompt = 0; prompt < prompts; prompt++) {
    for (let repetition = 0; repetition < 3; repetition++) {
      for (const [arm, mean] of means) {
        records.push({
          suite: "copy",
          item: String(prompt),
          repetition,
          arm,
          pass: "timed",
          outcome: "ok",
          decodeMs: ms(mean),
        } as unknown as RunRecord);
      }
    }
  }
  const arms = [
    { label: "full_depth", role: "baseline" },
    { label: "a", role: "policy" },
    { label: "b", role: "policy" },
    { label: "full_depth again", role: "sentinel" },
  ];
  return { manifest: { seed: 0, arms }, items: [], records } as unknown as StoredRun;
}

const GATE = { a: "a", b: "b", margin: 0.05 };

function outcome(first: Times, second?: Times) {
  const confirming = second === undefined ? undefined : run(second);
  return timeCheck(run(first), { gate: GATE, confirming })!;
}

Deno.test("timeCheck() passes equal times and notes faster ones", () => {
  assertStrictEquals(outcome({ ratio: 1 }).outcome, "pass");
  assertStrictEquals(outcome({ ratio: 1.02 }).outcome, "pass");
  assertStrictEquals(outcome({ ratio: 0.8 }).outcome, "noted");
});

Deno.test("timeCheck() fails a slow-down only when fresh blocks confirm it", () => {
  const alone = outcome({ ratio: 1.2 });
  assertStrictEquals(alone.outcome, "inconclusive");
  assertStringIncludes(alone.says, "--confirmed");
  assertStrictEquals(outcome({ ratio: 1.2 }, { ratio: 1.2, seed: 4 }).outcome, "regression");
  assertStrictEquals(outcome({ ratio: 1.2 }, { ratio: 1, seed: 4 }).outcome, "noted");
  const noisy = { ratio: 1.2, copy: 1.3, seed: 4 };
  assertStrictEquals(outcome({ ratio: 1.2 }, noisy).outcome, "inconclusive");
});

Deno.test("timeCheck() decides nothing in a noisy run, and nothing within the noise", () => {
  assertStrictEquals(outcome({ ratio: 1.2, copy: 1.03 }).outcome, "inconclusive");
  assertStrictEquals(outcome({ ratio: 1.2, noise: 0.6 }).outcome, "inconclusive");
  assertStrictEquals(outcome({ ratio: 1.05 }).outcome, "inconclusive");
});

Deno.test("timeCheck() has nothing to say where an arm was not timed", () => {
  const gate = { ...GATE, b: "c" };
  assertStrictEquals(timeCheck(run({ ratio: 1 }), { gate }), undefined);
});
