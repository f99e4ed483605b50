import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createRandom } from "../numerics/random.ts";
import { addInfluence, blockInfluence, noInfluence } from "./block_influence.ts";

const f32 = (...values: number[]) => Float32Array.from(values);
// Two tokens of width 2 at the heights 0, 1 and 2.
const STATES = [f32(1, 0, 0, 2), f32(1, 1, 0, 3), f32(2, 2, 1, 3)];

Deno.test("blockInfluence() is 1 minus the mean cosine of what enters and leaves a block", () => {
  const found = blockInfluence(addInfluence(noInfluence(2), { states: STATES, dModel: 2 }));
  assertAlmostEquals(found[0]!, 0.146447, 5e-7);
  assertAlmostEquals(found[1]!, 0.025658, 5e-7);
});

Deno.test("blockInfluence() measures angles as shares of a half turn", () => {
  const sums = addInfluence(noInfluence(2, "angular"), { states: STATES, dModel: 2 });
  const found = blockInfluence(sums);
  assertAlmostEquals(found[0]!, (1 / 4 + 0) / 2, 1e-7);
  assertAlmostEquals(found[1]!, Math.atan2(1, 3) / Math.PI / 2, 1e-7);
});

Deno.test("addInfluence() adds texts token by token and can leave out their first", () => {
  const text = { states: STATES, dModel: 2 };
  const twice = addInfluence(addInfluence(noInfluence(2), text), text);
  assertEquals(twice.tokens, 4);
  assertEquals(blockInfluence(twice), blockInfluence(addInfluence(noInfluence(2), text)));
  const second = addInfluence(noInfluence(2), { ...text, from: 1 });
  assertEquals([second.tokens, blockInfluence(second)[0]], [1, 0]);
});

Deno.test("blockInfluence() ignores the scale, is 0 for identity and 2 for a reversal", () => {
  const random = createRandom(7);
  const h = Float32Array.from({ length: 24 }, () => random.normal());
  const g = h.map((x) => x + random.normal());
  const influence = (a: Float32Array, b: Float32Array) =>
    blockInfluence(addInfluence(noInfluence(1), { states: [a, b], dModel: 8 }))[0]!;
  assertAlmostEquals(influence(h, g), influence(h.map((x) => 8 * x), g), 1e-12);
  assertAlmostEquals(influence(h, h.map((x) => 3 * x)), 0, 1e-7);
  assertAlmostEquals(influence(h, h.map((x) => -x)), 2, 1e-7);
});

Deno.test("blockInfluence() counts a cosine of 0.5 where a state is zero", () => {
  const sums = addInfluence(noInfluence(1), { states: [f32(0, 0), f32(1, 0)], dModel: 2 });
  assertEquals(blockInfluence(sums), [0.5]);
  assert(Number.isNaN(blockInfluence(noInfluence(1))[0]));
});
