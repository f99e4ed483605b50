/** Every specialisation of every shader compiles, without a warning. */
import { assertEquals } from "@std/assert";
import { requestDevice } from "../../backends/webgpu/adapter.ts";
import {
  type Constants,
  KernelCache,
  type ShaderName,
  SHADERS,
} from "../../backends/webgpu/kernels.ts";
import { GRIDS } from "../../backends/webgpu/gate.ts";
import { FORMAT } from "../../backends/webgpu/matrix.ts";
import { ACROSS } from "../../backends/webgpu/product.ts";
import { gpuTest } from "./adapter.ts";

const BOTH = [0, 1];
const FORMATS = Object.values(FORMAT);

/** Values that the backend gives to the constants of each shader. */
const USED: Readonly<Record<ShaderName, Readonly<Record<string, readonly number[]>>>> = {
  activateGate: { GATED: BOTH, GELU: BOTH },
  activation: { KIND: [0, 1, 2, 3, 4] },
  attention: { SIZE: [1, 6, 64, 128] },
  compareLogits: { KIND: [0, 1, 2] },
  copyEntries: {},
  copySlot: {},
  copyStates: {},
  dropEntries: {},
  embed: { FORMAT: FORMATS, ADD: BOTH },
  linear: { ADD: BOTH },
  matmul: { FORMAT: FORMATS, ROWS: [1, 4], ADD: BOTH, BIAS: BOTH, ACROSS: [ACROSS] },
  meanStates: { EACH: BOTH },
  reduceLogits: { SUBSET: BOTH },
  norm: { GATHER: BOTH, LAYER: BOTH },
  rule: { GRIDS: [GRIDS] },
  stateSignal: { KIND: [0, 1, 2] },
  storeEntries: { QUERY: BOTH, HEADS: [0, 6] },
  subsetLogits: { FORMAT: FORMATS, ACROSS: [ACROSS] },
  topK: { SUBSET: BOTH },
};

/** All combinations of values. */
function combinations(values: Readonly<Record<string, readonly number[]>>): Constants[] {
  return Object.entries(values).reduce<Constants[]>(
    (made, [name, each]) => made.flatMap((one) => each.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

gpuTest("every specialisation of every shader is valid WGSL", async () => {
  const { device } = await requestDevice(navigator.gpu);
  for (const [name, { code }] of Object.entries(SHADERS)) {
    const module = device.createShaderModule({ label: name, code });
    assertEquals((await module.getCompilationInfo()).messages.map(({ message }) => message), []);
  }
  const kernels = new KernelCache(device, 64);
  for (const shader of Object.keys(SHADERS) as ShaderName[]) {
    for (const constants of combinations(USED[shader])) {
      device.pushErrorScope("validation");
      kernels.get(shader, constants);
      const error = await device.popErrorScope();
      assertEquals(error?.message, undefined, `${shader} ${JSON.stringify(constants)}`);
    }
  }
  device.destroy();
});

Deno.test("every override constant but LANES is listed with the values that are used", () => {
  for (const [name, { code }] of Object.entries(SHADERS)) {
    const constants = [...code.matchAll(/^override (\w+)/gm)].map(([, constant]) => constant!);
    const listed = ["LANES", ...Object.keys(USED[name as ShaderName])];
    assertEquals(constants.sort(), listed.sort(), name);
  }
});

Deno.test("shaders bind what kernels.ts says, in order, and the table last", () => {
  const kinds = { "storage, read": "read", "storage, read_write": "write", uniform: "uniform" };
  for (const [name, { code, bindings }] of Object.entries(SHADERS)) {
    const found = [...code.matchAll(/@binding\((\d+)\) var<([^>]+)> (\w+)/g)].map(
      ([, index, kind, variable], i) => {
        assertEquals(Number(index), i, name);
        return variable === "table" ? "table" : kinds[kind as keyof typeof kinds];
      },
    );
    assertEquals(found, [...bindings], name);
  }
});
