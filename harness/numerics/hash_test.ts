import { assert, assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { hash32, hashUniform } from "./hash.ts";

Deno.test("hashUniform() depends on every key and on their order", () => {
  const value = hashUniform(1, 2, 3);
  assert(value >= 0 && value < 1);
  assertStrictEquals(hashUniform(1, 2, 3), value);
  for (const other of [[1, 3, 2], [2, 2, 3], [1, 2], [1, 2, 3, 0], [1, 2, 3 + 2 ** 32]]) {
    assertNotEquals(hashUniform(other[0]!, ...other.slice(1)), value);
  }
});

Deno.test("hashUniform() refuses keys that are no safe integers", () => {
  for (const key of [0.5, NaN, 2 ** 53]) assertThrows(() => hashUniform(1, key), RangeError);
});

Deno.test("hash32() spreads neighbouring positions evenly", () => {
  const buckets = new Array<number>(16).fill(0);
  for (let position = 0; position < 16_000; position++) {
    buckets[hash32(5, 9, position) >>> 28]! += 1;
  }
  for (const count of buckets) assert(Math.abs(count - 1000) < 160, `${buckets}`);
});
