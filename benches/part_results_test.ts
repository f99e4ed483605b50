import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../harness/contract/errors.ts";
import { PARTS } from "./part.ts";
import { oneRowCosts, type PartResults, readPartResults, requireModel } from "./part_results.ts";

const RESULTS: PartResults = {
  schema: 1,
  commit: "abc",
  cpu: "some",
  cpuFlags: "avx2",
  model: { name: "m", digest: "sha256:0", layerCount: 4 },
  backend: { name: "cpu", kernels: "k", features: [] },
  bandwidth: 1e10,
  parts: PARTS.map((part, i) => ({
    part,
    rows: 1,
    prefix: 128,
    ms: { value: 8 * (i + 1), low: 1, high: 20 },
    timesMs: [8],
    bytes: 4,
    macs: 2,
  })),
};

Deno.test("readPartResults() reads what was written", () => {
  assertEquals(readPartResults(JSON.stringify(RESULTS), "x.json"), RESULTS);
});

Deno.test("readPartResults() names the field that is wrong", () => {
  assertThrows(() => readPartResults("{", "x.json"), InputError, "expected JSON");
  const wrong = JSON.stringify({ ...RESULTS, bandwidth: "fast" });
  assertThrows(() => readPartResults(wrong, "x.json"), InputError, 'field "bandwidth"');
});

Deno.test("oneRowCosts() is per block, but per call for step and head", () => {
  const costs = oneRowCosts(RESULTS, (row) => row.ms.value);
  assertEquals(costs.step, 8);
  assertEquals(costs.attention, 16 / 4);
  assertEquals(costs.head, 40);
  const without = { ...RESULTS, parts: RESULTS.parts.filter((row) => row.part !== "mlp") };
  assertThrows(() => oneRowCosts(without, (row) => row.ms.value), InputError, 'part "mlp"');
});

Deno.test("requireModel() refuses times of another model", () => {
  requireModel(RESULTS, "sha256:0");
  assertThrows(() => requireModel(RESULTS, "sha256:1"), InputError, "sha256:1");
});

Deno.test("readPartResults() reads an interval that cannot be told", () => {
  const parts = RESULTS.parts.map((row) => ({ ...row, ms: { value: 8, low: NaN, high: NaN } }));
  const [first] = readPartResults(JSON.stringify({ ...RESULTS, parts }), "x.json").parts;
  assertEquals(first!.ms, { value: 8, low: NaN, high: NaN });
});
