/** Probes and exit heads on backends with parts of their own, against the reference networks. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createRandom } from "../../harness/numerics/random.ts";
import { runNetwork } from "../../harness/signals/mod.ts";
import type { NetworkStep, TrainedParts } from "../../harness/contract/mod.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { wasmBackend } from "../../backends/wasm/mod.ts";
import { webgpuBackend } from "../../backends/webgpu/mod.ts";
import type { BackendPlugin } from "../../harness/contract/mod.ts";
import { gpuTest } from "../webgpu/adapter.ts";

/** A backend, and how its tests are registered. */
interface Setup {
  readonly backend: BackendPlugin;
  readonly exact: boolean | undefined;
  readonly register: (name: string, fn: () => Promise<void>) => void;
}

const SETUPS: readonly Setup[] = [
  { backend: wasmBackend, exact: true, register: (name, fn) => Deno.test(name, fn) },
  { backend: webgpuBackend, exact: undefined, register: gpuTest },
];

const D = 20;
const V = 37;
const random = createRandom(11);
const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal() / 4);

const { checkpoint } = syntheticModel({
  layerCount: 2,
  dModel: D,
  heads: 2,
  kvHeads: 1,
  headDim: 8,
  ffnSize: 24,
  vocabSize: V,
  context: 16,
  tiedHead: true,
  seed: 5,
});

/** Every kind of step, with sizes around the vector width. */
const STEPS: readonly NetworkStep[] = [
  { kind: "rmsNorm", weight: normals(D), epsilon: 1e-6 },
  { kind: "residualLowRank", down: normals(3 * D), up: normals(3 * D), rank: 3 },
  { kind: "linear", weight: normals(17 * D), bias: normals(17), outputs: 17 },
  { kind: "activation", activation: "gelu" },
  { kind: "linear", weight: normals(5 * 17), bias: undefined, outputs: 5 },
];
const LAST = ["relu", "silu", "gelu", "sigmoid", "softmax"] as const;
const probes = LAST.map((activation) => ({
  name: activation,
  steps: [...STEPS, { kind: "activation" as const, activation }],
  outputs: 5,
}));
const unembedding = normals(V * D);
const parts: TrainedParts = {
  digest: "sha256:0",
  probes,
  heads: [
    { name: "own", steps: STEPS.slice(0, 2), unembedding },
    { name: "borrowed", steps: STEPS.slice(0, 1), unembedding: "shared" },
  ],
};

function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assertEquals(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    assert(Math.abs(actual[i]! - expected[i]!) <= 1e-5 * Math.max(1, Math.abs(expected[i]!)));
  }
}

/** The embeddings of two tokens, which are the states at height 0. */
async function states(): Promise<Float32Array[]> {
  const bytes = await checkpoint.tensor("embedding").read();
  const all = new Float32Array(bytes.buffer);
  return [3, 30].map((token) => all.slice(token * D, (token + 1) * D));
}

async function opened({ backend, exact }: Setup) {
  const session = await backend.open(checkpoint, { slots: 1, context: 16, parts, exact });
  session.newSlot();
  const step = session.begin([3, 30].map((token, position) => ({
    slot: 0,
    position,
    token,
    phase: "prompt",
  })));
  return { session, step };
}

for (const setup of SETUPS) {
  const { backend, register } = setup;
  register(
    `readSignals() runs probes of every step and activation as the reference does on ${backend.name}`,
    async () => {
      const { session, step } = await opened(setup);
      const signals = await step.readSignals(
        probes.map(({ name }) => ({ kind: "probe", probe: name })),
      );
      for (const [p, { steps }] of probes.entries()) {
        for (const [r, state] of (await states()).entries()) {
          const at = signals.offsets[p]! + r * 5;
          assertNear(signals.values.slice(at, at + 5), runNetwork(steps, state));
        }
      }
      session.close();
    },
  );

  register(
    `readSignals() gives each row of a group the probe of the group's mean on ${backend.name}`,
    async () => {
      const { session, step } = await opened(setup);
      const { values } = await step.readSignals([{
        kind: "probe",
        probe: "silu",
        groups: [[0, 1]],
      }]);
      const [a, b] = await states();
      const expected = runNetwork(probes[1]!.steps, a!.map((value, i) => (value + b![i]!) / 2));
      assertNear(values.slice(0, 5), expected);
      assertNear(values.slice(5, 10), expected);
      session.close();
    },
  );

  register(
    `readLogits() reads out named heads, with their own and with the model's unembedding on ${backend.name}`,
    async () => {
      const { session, step } = await opened(setup);
      const embedding = new Float32Array((await checkpoint.tensor("embedding").read()).buffer);
      for (const [head, matrix] of [["own", unembedding], ["borrowed", embedding]] as const) {
        const { steps } = parts.heads.find(({ name }) => name === head)!;
        const logits = await step.readLogits({ head });
        for (const [r, state] of (await states()).entries()) {
          const x = runNetwork(steps, state);
          const expected = Array.from(
            { length: V },
            (_, o) => x.reduce((sum, value, i) => sum + value * matrix[o * D + i]!, 0),
          );
          assertNear(logits.slice(r * V, (r + 1) * V), expected);
        }
      }
      assert(session.memory().partBytes > 4 * V * D);
      session.close();
    },
  );

  register(`open() refuses parts whose sizes do not fit the model on ${backend.name}`, async () => {
    const wrong: TrainedParts = {
      ...parts,
      probes: [{
        name: "wide",
        steps: [{ kind: "linear", weight: normals(7), bias: undefined, outputs: 1 }],
        outputs: 1,
      }],
    };
    const options = { slots: 1, context: 16, parts: wrong };
    await assertRejects(() => backend.open(checkpoint, options), RangeError, "must have 20");
  });
}
