import { assertEquals } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import { wasmBackend } from "../../backends/wasm/mod.ts";
import { openWasmSession } from "../../backends/wasm/session.ts";
import { type BackendSetup, conformBackend } from "../../harness/conformance/backend.ts";
import { syntheticModel, type SyntheticShape } from "../../models/synthetic.ts";

const BASE: SyntheticShape = {
  layerCount: 3,
  dModel: 24,
  heads: 4,
  kvHeads: 2,
  headDim: 6,
  ffnSize: 40,
  vocabSize: 31,
  context: 32,
  tiedHead: true,
  seed: 7,
};

/** Shapes at the edges, in f32. */
const SHAPES: Readonly<Record<string, Partial<SyntheticShape>>> = {
  "grouped heads, tied": {},
  "one block, one head, untied": { layerCount: 1, heads: 1, kvHeads: 1, tiedHead: false },
  "as many key/value heads as heads": { layerCount: 2, kvHeads: 4 },
  "one key/value head, odd sizes": { layerCount: 4, kvHeads: 1, dModel: 17, ffnSize: 13 },
  "two tokens": { layerCount: 2, vocabSize: 2 },
  "three tokens, a short context": { layerCount: 2, vocabSize: 3, context: 12, tiedHead: false },
  "sizes around a tile": { dModel: 33, ffnSize: 65, vocabSize: 257, headDim: 10 },
};

/** Stored formats, with sizes that are whole blocks. */
const TYPES = ["f16", "q8_0", "q4_0", "q4_1", "bf16", "q5_0", "q5_1"] as const;
const PACKED: SyntheticShape = { ...BASE, dModel: 64, headDim: 16, ffnSize: 96, vocabSize: 45 };

/** Rounded activations are judged by relations alone here, on prose in tests/wasm_accuracy_test.ts. */
function setupOf(shape: SyntheticShape, exact: boolean): BackendSetup {
  const { checkpoint } = syntheticModel(shape);
  return {
    open: (options) => wasmBackend.open(checkpoint, { ...options, exact }),
    ...exact && { reference: (options) => cpuBackend.open(checkpoint, options) },
    tolerance: { rows: 0, reference: 1e-4, signal: 1e-5 },
  };
}

async function expectConform(setup: BackendSetup): Promise<void> {
  const findings = await conformBackend(setup);
  assertEquals(findings.filter(({ ok }) => !ok), []);
}

for (const [name, shape] of Object.entries(SHAPES)) {
  Deno.test(`wasm conforms: ${name}`, () => expectConform(setupOf({ ...BASE, ...shape }, true)));
}

for (const type of TYPES) {
  Deno.test(`wasm conforms with ${type} weights, exact`, () =>
    expectConform(setupOf({ ...PACKED, type }, true)));
  Deno.test(`wasm conforms with ${type} weights`, () =>
    expectConform(setupOf({ ...PACKED, type }, false)));
}

for (const type of ["f32", "q8_0", "q4_1"] as const) {
  Deno.test(`wasm without relaxed SIMD conforms with ${type} weights`, () => {
    const { checkpoint } = syntheticModel({ ...PACKED, type });
    return expectConform({
      open: (options) => openWasmSession(checkpoint, { ...options, exact: false }, "plain"),
      tolerance: { rows: 0, reference: 0, signal: 1e-5 },
    });
  });
}
