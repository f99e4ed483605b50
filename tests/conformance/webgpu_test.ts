import { assertEquals } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import { webgpuBackend } from "../../backends/webgpu/mod.ts";
import { openWebgpuSession } from "../../backends/webgpu/session.ts";
import { gpuTest } from "../webgpu/adapter.ts";
import { type BackendSetup, conformBackend } from "../../harness/conformance/backend.ts";
import type { Checkpoint } from "../../harness/contract/mod.ts";
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

/** Shapes at the edges, in f32. Software adapters are slow, so each has several. */
const SHAPES: Readonly<Record<string, Partial<SyntheticShape>>> = {
  "one block, one head, two tokens, untied": {
    layerCount: 1,
    heads: 1,
    kvHeads: 1,
    vocabSize: 2,
    tiedHead: false,
  },
  "one key/value head, odd sizes": { kvHeads: 1, dModel: 17, ffnSize: 13, headDim: 10 },
  "as many key/value heads, sizes around a tile": {
    layerCount: 2,
    kvHeads: 4,
    dModel: 33,
    ffnSize: 65,
    vocabSize: 257,
  },
};

/** Stored formats, with sizes that are whole blocks. */
const TYPES = ["f16", "q4_0", "q4_1", "q5_1"] as const; // Q8_0 has the pieces
const PACKED: SyntheticShape = { ...BASE, dModel: 64, headDim: 16, ffnSize: 96, vocabSize: 45 };

const TOLERANCE = { rows: 0, reference: 1e-4, signal: 1e-5 };

function setupOf(shape: SyntheticShape): BackendSetup {
  const { checkpoint } = syntheticModel(shape);
  return {
    open: (options) => webgpuBackend.open(checkpoint, options),
    reference: (options) => cpuBackend.open(checkpoint, options),
    tolerance: TOLERANCE,
  };
}

async function expectConform(setup: BackendSetup): Promise<void> {
  const findings = await conformBackend(setup);
  assertEquals(findings.filter(({ ok }) => !ok), []);
}

for (const [name, shape] of Object.entries(SHAPES)) {
  gpuTest(`webgpu conforms: ${name}`, () => expectConform(setupOf({ ...BASE, ...shape })));
}

for (const type of TYPES) {
  gpuTest(
    `webgpu conforms with ${type} weights`,
    () => expectConform(setupOf({ ...PACKED, type })),
  );
}

/** A model in which tokens 2i and 2i + 1 have one embedding, so that all logits tie. */
function withTwins(checkpoint: Checkpoint): Checkpoint {
  return {
    ...checkpoint,
    tensor(role) {
      const stored = checkpoint.tensor(role);
      const [rows, columns] = stored.shape;
      if (rows === undefined || columns === undefined) return stored;
      return {
        ...stored,
        read: async () => {
          const bytes = await stored.read();
          const width = 4 * columns;
          for (let row = 1; row < rows; row += 2) {
            bytes.copyWithin(row * width, (row - 1) * width, row * width);
          }
          return bytes;
        },
      };
    },
  };
}

gpuTest("webgpu conforms: ties in every readout", () => {
  const checkpoint = withTwins(syntheticModel(BASE).checkpoint);
  return expectConform({
    ...setupOf(BASE),
    open: (options) => webgpuBackend.open(checkpoint, options),
    reference: (options) => cpuBackend.open(checkpoint, options),
  });
});

gpuTest("webgpu conforms with matrices in pieces of a few rows", () => {
  const { checkpoint } = syntheticModel({ ...PACKED, type: "q8_0" });
  return expectConform({
    ...setupOf({ ...PACKED, type: "q8_0" }),
    open: (options) => openWebgpuSession(checkpoint, options, { pieceBytes: 20 * 64 }),
  });
});
