/** What is refused, and what is said of it. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { requestDevice } from "../../backends/webgpu/adapter.ts";
import { DeviceMemory } from "../../backends/webgpu/device_memory.ts";
import { webgpuBackend } from "../../backends/webgpu/mod.ts";
import { openWebgpuEngine } from "../../backends/webgpu/session.ts";
import {
  type Checkpoint,
  DeviceLostError,
  SHARED_READOUT,
  UnsupportedError,
} from "../../harness/contract/mod.ts";
import { SteppedSession } from "../../harness/stepping/mod.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { gpuTest } from "./adapter.ts";

const SHAPE = {
  layerCount: 2,
  dModel: 16,
  heads: 2,
  kvHeads: 1,
  headDim: 8,
  ffnSize: 24,
  vocabSize: 29,
  context: 64,
  tiedHead: true,
  seed: 3,
} as const;
const { checkpoint } = syntheticModel(SHAPE);
const OPTIONS = { slots: 1, context: 64 };

Deno.test("requestDevice() says when a runtime has no WebGPU", async () => {
  await assertRejects(() => requestDevice(undefined), UnsupportedError, "has no WebGPU");
});

gpuTest("open() names the adapter, its limits and that software must not be compared", async () => {
  const session = await webgpuBackend.open(checkpoint, OPTIONS);
  const { name, kernels, features } = session.backend;
  assertEquals(name, "webgpu");
  assert(/^webgpu-[0-9a-f]{12}$/.test(kernels), kernels);
  const adapter = features[0]!;
  if (/llvmpipe|swiftshader/i.test(adapter)) {
    assert(adapter.endsWith("(software: do not compare)"), adapter);
  }
  assert(features.some((feature) => /^bindings of \d+ bytes/.test(feature)), `${features}`);
  assert(features.includes("weights f32 × 15"), `${features}`);
  session.close();
});

gpuTest("a lost device is a typed error, and the next session has a new one", async () => {
  const { engine, backend, device } = await openWebgpuEngine(checkpoint, OPTIONS);
  const session = new SteppedSession({ engine, backend, info: checkpoint.info }, OPTIONS);
  const slot = session.newSlot();
  const step = session.begin([{ slot, position: 0, token: 1, phase: "prompt" }]);
  step.run({ from: 0, to: 2 }, "block");
  device.destroy();
  await assertRejects(
    async () => await step.readToken(SHARED_READOUT),
    DeviceLostError,
    "the device was lost",
  );
  step.commit([]);
  session.close();
  const again = await webgpuBackend.open(checkpoint, OPTIONS);
  const next = again.begin([{ slot: again.newSlot(), position: 0, token: 1, phase: "prompt" }]);
  next.run({ from: 0, to: 2 }, "block");
  assert((await next.readToken(SHARED_READOUT)).tokens[0]! >= 0);
  again.close();
});

gpuTest("create() refuses a buffer beyond the adapter's limits, with both sizes", async () => {
  const { device } = await requestDevice(navigator.gpu);
  const memory = new DeviceMemory(device);
  const wanted = memory.largest + 16;
  const error = assertThrows(
    () => memory.create("a cache", wanted, "kv"),
    UnsupportedError,
    `must be <= ${memory.largest} bytes`,
  );
  assert(error.message.includes(`current value is ${wanted}`), error.message);
  memory.close();
  device.destroy();
});

gpuTest("open() refuses slots and a context whose caches no binding can hold", async () => {
  await assertRejects(
    () => webgpuBackend.open(checkpoint, { slots: 1 << 24, context: 64 }),
    UnsupportedError,
    "shorten the context",
  );
});

gpuTest("open() refuses shapes that contradict each other", async () => {
  const odd: Checkpoint = { ...checkpoint, info: { ...checkpoint.info, kvHeads: 3 } };
  await assertRejects(() => webgpuBackend.open(odd, OPTIONS), RangeError, "kvHeads");
});

Deno.test("open() refuses a number of threads", async () => {
  const options = { ...OPTIONS, threads: 2 };
  await assertRejects(() => webgpuBackend.open(checkpoint, options), UnsupportedError, "2 threads");
});
