import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createRandom } from "./random.ts";

Deno.test("createRandom() gives the stream of an independent xoshiro128** in Python", () => {
  const golden: readonly (readonly [number, readonly number[]])[] = [
    [0, [3809008728, 1133695204, 53579671, 2891528803]],
    [7, [1004282400, 2200021487, 1928073449, 741806228]],
    [-1, [3088639192, 222446744, 3691120491, 3072105367]],
    [2 ** 40 + 3, [3640108771, 2416166401, 4006957710, 2604409136]],
  ];
  for (const [seed, expected] of golden) {
    const random = createRandom(seed);
    assertEquals(expected.map(() => random.uint32()), [...expected]);
  }
});

Deno.test("createRandom() refuses a seed that is no safe integer", () => {
  for (const seed of [0.5, NaN, 2 ** 53]) assertThrows(() => createRandom(seed), RangeError);
});

Deno.test("int() reaches every value below its bound and no other", () => {
  const random = createRandom(1);
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < 7000; i++) counts[random.int(7)]! += 1;
  for (const count of counts) assert(count > 850 && count < 1150, `count ${count}`);
  assertEquals(createRandom(1).int(1), 0);
});

Deno.test("int() refuses a bound below 1 or past 2 to the 32", () => {
  const random = createRandom(1);
  for (const bound of [0, -1, 1.5, 2 ** 32 + 1]) assertThrows(() => random.int(bound), RangeError);
});

Deno.test("uniform() stays in [0, 1) with mean one half", () => {
  const random = createRandom(2);
  let sum = 0;
  for (let i = 0; i < 10_000; i++) {
    const u = random.uniform();
    assert(u >= 0 && u < 1);
    sum += u;
  }
  assertAlmostEquals(sum / 10_000, 0.5, 0.02);
});

Deno.test("normal() has mean zero and variance one", () => {
  const random = createRandom(3);
  let sum = 0, squares = 0;
  for (let i = 0; i < 20_000; i++) {
    const x = random.normal();
    sum += x;
    squares += x * x;
  }
  assertAlmostEquals(sum / 20_000, 0, 0.03);
  assertAlmostEquals(squares / 20_000, 1, 0.04);
});
