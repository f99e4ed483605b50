import { assertEquals } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import {
  BACKEND_CHECKS,
  type BackendSetup,
  conformBackend,
} from "../../harness/conformance/backend.ts";
import type { Checkpoint, OpenOptions } from "../../harness/contract/mod.ts";
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

/** Shapes at the edges. */
const SHAPES: Readonly<Record<string, Partial<SyntheticShape>>> = {
  "grouped heads, tied": {},
  "one block, one head, untied": { layerCount: 1, heads: 1, kvHeads: 1, tiedHead: false },
  "as many key/value heads as heads": { layerCount: 2, kvHeads: 4 },
  "one key/value head, odd sizes": { layerCount: 4, kvHeads: 1, dModel: 17, ffnSize: 13 },
  "two tokens": { layerCount: 2, vocabSize: 2 },
  "three tokens, a short context": { layerCount: 2, vocabSize: 3, context: 12, tiedHead: false },
};

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

function setupOf(shape: Partial<SyntheticShape>): BackendSetup {
  const { checkpoint } = syntheticModel({ ...BASE, ...shape });
  return {
    open: (options) => cpuBackend.open(checkpoint, options),
    tolerance: { rows: 1e-6, reference: 1e-6, signal: 1e-6 },
  };
}

for (const [name, shape] of Object.entries(SHAPES)) {
  Deno.test(`cpu conforms: ${name}`, async (t) => {
    const setup = setupOf(shape);
    for (const check of BACKEND_CHECKS) await t.step(check.name, () => check.run(setup));
  });
}

Deno.test("cpu conforms: ties in every readout", async (t) => {
  const { checkpoint } = syntheticModel(BASE);
  const setup = {
    ...setupOf({}),
    open: (options: OpenOptions) => cpuBackend.open(withTwins(checkpoint), options),
  };
  for (const check of BACKEND_CHECKS) await t.step(check.name, () => check.run(setup));
});

Deno.test("cpu conforms to itself as the reference", async () => {
  const setup = setupOf({});
  const findings = await conformBackend({ ...setup, reference: setup.open });
  assertEquals(findings.filter(({ ok }) => !ok), []);
  assertEquals(findings.length, BACKEND_CHECKS.length);
});
