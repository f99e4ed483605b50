import { assertRejects } from "@std/assert";
import { UnsupportedError } from "../../harness/contract/errors.ts";
import type { Checkpoint, ModelInfo } from "../../harness/contract/mod.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { wasmBackend } from "./mod.ts";

const { checkpoint } = syntheticModel({
  layerCount: 1,
  dModel: 16,
  heads: 2,
  kvHeads: 1,
  headDim: 8,
  ffnSize: 24,
  vocabSize: 11,
  context: 8,
  tiedHead: true,
  seed: 1,
});

function withInfo(info: Partial<ModelInfo>): Checkpoint {
  return { ...checkpoint, info: { ...checkpoint.info, ...info } };
}

const open = (model: Checkpoint) => wasmBackend.open(model, { slots: 1, context: 8 });

for (
  const info of [
    { layerCount: 0 },
    { dModel: -16 },
    { dModel: 1.5 },
    { vocabSize: 2 ** 31 },
    { headDim: 2 ** 32 },
    { context: NaN },
    { heads: 3, kvHeads: 2 },
  ]
) {
  Deno.test(`open() refuses sizes that kernels cannot trust: ${JSON.stringify(info)}`, async () => {
    await assertRejects(() => open(withInfo(info)), RangeError, "Cannot open a model");
  });
}

for (const info of [{ dModel: 32 }, { ffnSize: 23 }, { vocabSize: 12 }, { layerCount: 2 }]) {
  Deno.test(`open() refuses tensors of another shape: ${JSON.stringify(info)}`, async () => {
    await assertRejects(() => open(withInfo(info)), RangeError);
  });
}

Deno.test("open() refuses a tensor with fewer bytes than its shape needs", async () => {
  const short: Checkpoint = {
    ...checkpoint,
    blockTensor: (l, role) => {
      const tensor = checkpoint.blockTensor(l, role);
      return role === "down" ? { ...tensor, byteLength: tensor.byteLength - 4 } : tensor;
    },
  };
  await assertRejects(() => open(short), RangeError, "bytes");
});

Deno.test("open() refuses a tensor that reads fewer bytes than it declares", async () => {
  const short: Checkpoint = {
    ...checkpoint,
    tensor: (role) => {
      const tensor = checkpoint.tensor(role);
      return { ...tensor, read: async () => (await tensor.read()).slice(0, 40) };
    },
  };
  await assertRejects(() => open(short), RangeError);
});

Deno.test("open() refuses rotary dimensions beyond a head", async () => {
  const rope = { base: 10_000, dimensions: 10, pairing: "adjacent" as const };
  const model = { ...checkpoint, architecture: { ...checkpoint.architecture, rope } };
  await assertRejects(() => open(model), RangeError, "rotary");
});

Deno.test("open() refuses as many rotary factors as do not fit", async () => {
  const rope = { ...checkpoint.architecture.rope!, factors: [1] };
  const model = { ...checkpoint, architecture: { ...checkpoint.architecture, rope } };
  await assertRejects(() => open(model), RangeError, "rotary factors");
});

Deno.test("open() refuses a gate where there is to be none, and weights beyond its memory", async () => {
  await assertRejects(() => open(withInfo({ gated: false })), RangeError, "gated");
  const large = { ...checkpoint, weightBytes: 2 ** 33 };
  await assertRejects(() => open(large), UnsupportedError, "weights");
});

for (const threads of [0, 1.5, 65]) {
  Deno.test(`open() refuses ${threads} threads`, async () => {
    const options = { slots: 1, context: 8, threads };
    await assertRejects(() => wasmBackend.open(checkpoint, options), RangeError, "threads");
  });
}
