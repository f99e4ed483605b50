import { assertEquals, assertThrows } from "@std/assert";
import type { ModelInfo, TokenPoint } from "../../harness/contract/mod.ts";
import { oracle, oracleExit, planOracle, validateOracle } from "./oracle.ts";

const FIRST = { agreement: "first", minExit: 0 } as const;
const STABLE = { agreement: "stable", minExit: 0 } as const;

Deno.test("oracleExit() tells a lucky first agreement from one that lasts", () => {
  assertEquals(oracleExit([9, 7, 8, 7, 7], FIRST), 1);
  assertEquals(oracleExit([9, 7, 8, 7, 7], STABLE), 3);
  assertEquals(oracleExit([7, 7, 7, 7, 7], FIRST), 0);
  assertEquals(oracleExit([7, 7, 7, 7, 7], STABLE), 0);
  assertEquals(oracleExit([7, 7, 7, 4, 7], STABLE), 4);
  assertEquals(oracleExit([1, 2, 3, 4, 7], FIRST), 4);
});

Deno.test("oracleExit() leaves no lower than minExit", () => {
  assertEquals(oracleExit([7, 7, 8, 7, 7], { ...FIRST, minExit: 2 }), 3);
  assertEquals(oracleExit([7, 7, 7, 7, 7], { ...STABLE, minExit: 3 }), 3);
  assertEquals(oracleExit([7, 7, 7, 7, 7], { ...FIRST, minExit: 4 }), 4);
});

Deno.test("planOracle() runs everything where nothing was scouted", () => {
  const point = { model: { layerCount: 4 } as ModelInfo } as TokenPoint;
  assertEquals(planOracle(point, FIRST).length, 4);
  assertEquals(planOracle({ ...point, scouted: [1, 7, 7, 2, 7] }, FIRST).length, 1);
});

Deno.test("validateOracle() refuses a lowest exit above the top", () => {
  const model = { layerCount: 4, name: "four" } as ModelInfo;
  validateOracle(model, { ...FIRST, minExit: 4 });
  assertThrows(() => validateOracle(model, { ...FIRST, minExit: 5 }), RangeError, "at most 4");
});

Deno.test("oracle is marked as an upper bound", () => {
  assertEquals([oracle.scouts, oracle.card.deployable], [true, false]);
});
