import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createRandom } from "../numerics/random.ts";
import { timed } from "./_test_run.ts";
import type { Interval } from "./bootstrap.ts";
import { judgeNoise, screenNoise } from "./noise.ts";

const margins = { margin: 0.02, delta: 0.02 };
const judge = (low: number, high: number, clusters = 12) => {
  const interval: Interval = { value: 0, low, high, standardError: 0.01, clusters };
  return judgeNoise(interval, { margins, screens: [] });
};

Deno.test("judgeNoise() is quiet when A/A holds 1 within the margin", () => {
  assertEquals(judge(-0.01, 0.012).verdict, "quiet");
});

Deno.test("judgeNoise() is noisy when A/A excludes 1, is too wide, or cannot be told", () => {
  assertStringIncludes(judge(0.001, 0.012).reasons[0]!, "+0.1 % to +1.2 %");
  assertStringIncludes(judge(-0.03, 0.05).reasons[0]!, "± 4.1 % only, the margin is 2.0 %");
  assertEquals(judge(-0.2, -0.1).reasons.length, 2);
  assertEquals(judge(NaN, NaN, 1).verdict, "noisy");
});

Deno.test("screenNoise() ignores prompt lengths, counts outliers, tells drift from start times", () => {
  const random = createRandom(4);
  const records = Array.from({ length: 40 }, (_, k) =>
    timed("full", `p${k % 4}`, {
      repetition: Math.floor(k / 4),
      decodeMs: (1 + k % 4) * 10 * Math.exp(0.001 * k + 0.002 * random.normal()) *
        (k === 17 ? 3 : 1),
      startMs: 100 * k,
    }));
  // Stored order must not matter.
  const screen = screenNoise("full", [...records].reverse());
  assertEquals([screen.visits, screen.outliers, screen.extreme], [40, 1, 1]);
  const { value, low, high } = screen.drift!;
  assert(low < 0.039 && 0.039 < high && value > 0.03 && value < 0.05, JSON.stringify(screen));
  assert(screen.autocorrelation !== undefined);
});

Deno.test("screenNoise() leaves drift out when no start was recorded", () => {
  const screen = screenNoise(
    "full",
    [0, 1, 2, 3].map((repetition) => timed("full", "a", { repetition, decodeMs: 10 + repetition })),
  );
  assertEquals([screen.drift, screen.autocorrelation], [undefined, undefined]);
});
