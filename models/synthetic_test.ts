import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import type { Checkpoint } from "../harness/contract/model.ts";
import { dequantize, tensorBytes, WRITABLE_TYPES } from "../harness/numerics/quantization/mod.ts";
import { syntheticModel, type SyntheticShape } from "./synthetic.ts";

const SHAPE: SyntheticShape = {
  layerCount: 2,
  dModel: 32,
  heads: 4,
  kvHeads: 2,
  headDim: 16,
  ffnSize: 96,
  vocabSize: 300,
  context: 128,
  tiedHead: true,
  seed: 7,
};

const query = (checkpoint: Checkpoint, block = 0) => checkpoint.blockTensor(block, "query").read();

Deno.test("syntheticModel() gives shapes that follow from its sizes", () => {
  const { checkpoint, tokenizer } = syntheticModel(SHAPE);
  assertEquals(checkpoint.blockTensor(1, "query").shape, [64, 32]);
  assertEquals(checkpoint.blockTensor(1, "value").shape, [32, 32]);
  assertEquals(checkpoint.blockTensor(1, "attentionOutput").shape, [32, 64]);
  assertEquals(checkpoint.blockTensor(1, "down").shape, [32, 96]);
  assertStrictEquals(tokenizer.vocabSize, 300);
  assertThrows(() => checkpoint.blockTensor(2, "query"), RangeError, "< 2");
});

Deno.test("syntheticModel() counts a tied head once", () => {
  const tied = syntheticModel(SHAPE).checkpoint;
  const untied = syntheticModel({ ...SHAPE, tiedHead: false }).checkpoint;
  assertStrictEquals(tied.tensor("output"), tied.tensor("embedding"));
  assertStrictEquals(untied.weightBytes - tied.weightBytes, 4 * 300 * 32);
});

Deno.test("syntheticModel() depends on its seed and shape alone", async () => {
  const first = syntheticModel(SHAPE).checkpoint;
  const again = syntheticModel({ ...SHAPE }).checkpoint;
  assertEquals(await query(first), await query(again));
  assertStrictEquals(first.info.digest, again.info.digest);
  const other = syntheticModel({ ...SHAPE, seed: 8 }).checkpoint;
  assertNotEquals(await query(first), await query(other));
  assertNotEquals(first.info.digest, other.info.digest);
  assertNotEquals(await query(first), await query(first, 1));
});

Deno.test("syntheticModel() stores matrices in any type and norms in f32", async () => {
  for (const type of WRITABLE_TYPES) {
    const { checkpoint } = syntheticModel({ ...SHAPE, type });
    const tensor = checkpoint.blockTensor(0, "query");
    const bytes = await tensor.read();
    assertStrictEquals(bytes.length, tensorBytes(type, 64 * 32));
    assertStrictEquals(checkpoint.blockTensor(0, "mlpNorm").type, "f32");
    const values = new Float32Array(64 * 32);
    dequantize(type, bytes, values);
    const variance = values.reduce((sum, x) => sum + x * x, 0) / values.length;
    assert(Math.abs(variance * 32 / 2.5 ** 2 - 1) < 0.1, `${type}: ${variance}`);
  }
});

Deno.test("syntheticModel() refuses sizes that make no model", () => {
  const faults: readonly (readonly [Partial<SyntheticShape>, string])[] = [
    [{ layerCount: 0 }, "layerCount must be a positive integer"],
    [{ dModel: 1.5 }, "dModel must be a positive integer"],
    [{ kvHeads: 3 }, "kvHeads must divide heads (4)"],
    [{ headDim: 7 }, "headDim must be even"],
    [{ ffnSize: 80, type: "q8_0" }, "ffnSize must be a multiple of 32"],
    [{ vocabSize: 1 }, "vocabSize must be an integer >= 2"],
  ];
  for (const [change, says] of faults) {
    assertThrows(() => syntheticModel({ ...SHAPE, ...change }), RangeError, says);
  }
});
