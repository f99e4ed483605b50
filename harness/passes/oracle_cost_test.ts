import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import type { ModelInfo } from "../contract/model.ts";
import { oracleCost, oracleRefusal } from "./oracle_cost.ts";

const SMOLLM2: ModelInfo = {
  name: "smollm2",
  family: "llama",
  layerCount: 30,
  dModel: 576,
  ffnSize: 1536,
  gated: true,
  heads: 9,
  kvHeads: 3,
  headDim: 64,
  vocabSize: 49_152,
  tiedHead: true,
  context: 2048,
  digest: "sha256:0",
};
const TINY: ModelInfo = {
  ...SMOLLM2,
  layerCount: 12,
  dModel: 128,
  ffnSize: 384,
  heads: 4,
  kvHeads: 2,
  headDim: 32,
  vocabSize: 96,
};

Deno.test("oracleCost() of SmolLM2: thirty readouts of 8 blocks each over 38 blocks", () => {
  assertAlmostEquals(oracleCost(SMOLLM2), 30 * 8 / 38, 1e-12);
});

Deno.test("oracleRefusal() lets small vocabularies pass and large ones when asked", () => {
  assertEquals(oracleRefusal(TINY, false), undefined);
  assertEquals(oracleRefusal(SMOLLM2, true), undefined);
  assertStringIncludes(
    oracleRefusal(SMOLLM2, false)!,
    "cost 6.3 full passes, expected at most 3: ask for them with --oracle-heights",
  );
});
