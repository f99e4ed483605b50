import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../numerics/random.ts";
import { judgeWarmUp, warmUpTrend } from "./warm_up.ts";

const limits = { budgetMs: 1000 };
const flat = [10, 10.2, 9.9, 10.1];
const falling = [40, 30, 22, 17, 14, 12, 11, 10.5];

Deno.test("judgeWarmUp() is steady once every arm is flat", () => {
  assertEquals(judgeWarmUp({ timesMs: [flat, flat], elapsedMs: 50 }, limits), "steady");
});

Deno.test("judgeWarmUp() goes on while any arm still gets faster", () => {
  assertEquals(judgeWarmUp({ timesMs: [flat, falling], elapsedMs: 50 }, limits), "continue");
});

Deno.test("judgeWarmUp() calls a trend at the end of the budget noisy", () => {
  assertEquals(judgeWarmUp({ timesMs: [falling], elapsedMs: 1000 }, limits), "noisy");
  assertEquals(judgeWarmUp({ timesMs: [flat], elapsedMs: 1000 }, limits), "steady");
});

Deno.test("judgeWarmUp() never judges fewer than four blocks or than asked for", () => {
  const three = { timesMs: [flat.slice(0, 3)], elapsedMs: 1 };
  assertEquals(judgeWarmUp(three, limits), "continue");
  assertEquals(judgeWarmUp(three, { budgetMs: 1 }), "noisy");
  const four = { timesMs: [flat], elapsedMs: 1 };
  assertEquals(judgeWarmUp(four, { ...limits, minBlocks: 5 }), "continue");
});

Deno.test("warmUpTrend() looks at the last eight blocks only", () => {
  const settled = [...falling, ...flat, ...flat];
  const { slope, low, high } = warmUpTrend(settled);
  assert(Math.abs(slope) < 0.01 && low <= 0 && high >= 0, `${low} ${high}`);
  assert(warmUpTrend(falling).high < 0);
});

Deno.test("judgeWarmUp() ends within eleven blocks for compiled code and 3 % noise", () => {
  const random = createRandom(21);
  const blocks = Array.from({ length: 300 }, () => {
    const times: number[] = [];
    let block = 0;
    do {
      times.push((10 + 30 * Math.exp(-block)) * Math.exp(0.03 * random.normal()));
      block++;
    } while (judgeWarmUp({ timesMs: [times], elapsedMs: 0 }, limits) === "continue");
    return times.length;
  }).sort((a, b) => a - b);
  // The cold start is over by block 5; stopping at 4 would keep a 15 % slope.
  assert(blocks[150]! >= 5 && blocks[150]! <= 11, `median ${blocks[150]}`);
});
