import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { oracleHeights } from "./oracle_height.ts";

Deno.test("oracleHeights() tells a lucky first agreement from a stable one", () => {
  const heights = [0, 1, 2, 3, 4];
  assertEquals(oracleHeights([9, 7, 8, 7, 7], heights), { first: 1, stable: 3 });
  assertEquals(oracleHeights([7, 7, 7, 7, 7], heights), { first: 0, stable: 0 });
  assertEquals(oracleHeights([1, 2, 3, 4, 7], heights), { first: 4, stable: 4 });
  assertEquals(oracleHeights([7, 7, 7, 4, 7], heights), { first: 0, stable: 4 });
});

Deno.test("oracleHeights() answers with the heights that were read", () => {
  assertEquals(oracleHeights([1, 7, 7], [2, 6, 12]), { first: 6, stable: 6 });
  assertEquals(oracleHeights([7], [12]), { first: 12, stable: 12 });
});

Deno.test("oracleHeights() agrees with its definition", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 13 }), (tokens) => {
      const { first, stable } = oracleHeights(tokens, tokens.map((_, h) => h));
      const last = tokens.at(-1);
      assertEquals(first, tokens.indexOf(last!));
      assert(tokens.slice(stable).every((token) => token === last));
      assert(stable === 0 || tokens[stable - 1] !== last);
    }),
    { seed: 7 },
  );
});

Deno.test("oracleHeights() refuses tokens without heights", () => {
  assertThrows(() => oracleHeights([], []), RangeError, "at least one");
  assertThrows(() => oracleHeights([1, 2], [0]), RangeError, "they are 2 and 1");
});
