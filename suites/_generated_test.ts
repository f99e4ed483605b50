import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { Split } from "../harness/contract/suite.ts";
import { createRandom, type Random } from "../harness/numerics/random.ts";
import {
  drawDistinct,
  drawItems,
  exactMatch,
  itemId,
  LETTERS,
  requestedCount,
  splitOf,
  trainOnly,
} from "./_generated.ts";

Deno.test("itemId() equals Python's hashlib over json.dumps with sorted keys", async () => {
  assertStrictEquals(
    await itemId("copy", {
      prompt: "copy: X Q M T = X Q M T\ncopy: k v a d r =",
      target: " k v a d r",
    }),
    "20b23e706f00bf22b4e44b2903c681d187c6b1fef9024f3e38e5d489da227614",
  );
  assertStrictEquals(
    await itemId("arithmetic", { prompt: "47+85=132\n7+5=", target: "12" }),
    "cff6e5d3d7e01cfb6f283b8939b264e6ed9bfdd01af4d3cdb72c1d78897cd91d",
  );
});

Deno.test("splitOf() takes buckets below 80, below 90 and the rest", () => {
  const digest = (bucket: number): string => bucket.toString(16).padStart(4, "0") + "ff";
  assertEquals(
    [0, 79, 80, 89, 90, 99, 100].map((bucket) => splitOf(digest(bucket))),
    ["train", "train", "calibration", "calibration", "test", "test", "train"],
  );
});

Deno.test("requestedCount() takes the smaller of size and limit and refuses a limit below 1", () => {
  const sizes = { smoke: 4, standard: 24, full: 50 };
  const ask = (limit: number) => ({ size: "standard", seed: 1, split: "test", limit }) as const;
  assertStrictEquals(requestedCount(ask(7), sizes), 7);
  assertStrictEquals(requestedCount(ask(70), sizes), 24);
  for (const limit of [0, -1, 1.5, NaN]) {
    assertThrows(() => requestedCount(ask(limit), sizes), RangeError, "limit");
  }
});

Deno.test("drawItems() stops at a level without further items instead of looping", async () => {
  const levels = [
    { name: "one", draw: () => ({ prompt: "a", target: "b" }) },
    { name: "none", draw: () => ({ prompt: "a", target: "b" }) },
  ];
  const split = splitOf(await itemId("x", { prompt: "a", target: "b" }));
  const items = await drawItems("x", levels, { size: "smoke", seed: 1, split });
  assertEquals(items.map((item) => item.level), ["one"]);
});

Deno.test("drawItems() keeps levels for training and for evaluation apart", async () => {
  const level = (name: string) => ({
    name,
    draw: (random: Random) => ({ prompt: `${name} ${random.int(1e6)}`, target: "b" }),
  });
  const levels = [
    level("all"),
    trainOnly(level("train")),
    { ...level("evaluation"), only: "evaluation" as const },
  ];
  const names = async (split: Split) =>
    new Set((await drawItems("x", levels, { size: "smoke", seed: 1, split })).map((x) => x.level));
  assertEquals(await names("train"), new Set(["all", "train"]));
  assertEquals(await names("calibration"), new Set(["all", "evaluation"]));
  assertEquals(await names("test"), new Set(["all", "evaluation"]));
});

Deno.test("exactMatch() ignores white space at the ends and nothing else", () => {
  const item = { id: "", prompt: "", target: " k v a" };
  assertEquals(
    ["k v a", " k v a ", "k  v a", "k v", "k v a d", ""].map((answer) => exactMatch(answer, item)),
    [1, 1, 0, 0, 0, 0],
  );
});

Deno.test("drawDistinct() draws without repetition up to the whole list", () => {
  const drawn = drawDistinct(createRandom(5), LETTERS, 26);
  assertEquals(drawn.toSorted(), [...LETTERS]);
});
