/**
 * Trained parts into the engine: probes and exit heads.
 *
 * @module
 */
import type { ModelInfo } from "../../harness/contract/model.ts";
import type { Activation, NetworkStep, TrainedParts } from "../../harness/contract/parts.ts";
import { quantize } from "../../harness/numerics/quantization/mod.ts";
import { GLOBAL_ROLE, loadMatrix, type LoadTarget, stageFloats } from "./load_weights.ts";

/** Codes of wasm/src/lib.rs. */
const ACTIVATION: Readonly<Record<Activation, number>> = {
  relu: 0,
  silu: 1,
  gelu: 2,
  sigmoid: 3,
  softmax: 4,
};

function requireLength(array: Float32Array, length: number, what: string): void {
  if (array.length !== length) {
    throw new RangeError(
      `Cannot load trained parts: ${what} must have ${length} values: current value is ${array.length}`,
    );
  }
}

/** Hands over one step on `inputs` features; returns how many come out. */
function loadStep(target: LoadTarget, step: NetworkStep, inputs: number): number {
  const { engine } = target;
  switch (step.kind) {
    case "linear": {
      requireLength(step.weight, inputs * step.outputs, "a linear step's weight");
      const bias = step.bias ?? new Float32Array(step.outputs);
      requireLength(bias, step.outputs, "a linear step's bias");
      stageFloats(target, step.weight, bias);
      engine.step_linear(inputs, step.outputs);
      return step.outputs;
    }
    case "rmsNorm":
      requireLength(step.weight, inputs, "a norm's weight");
      stageFloats(target, step.weight);
      engine.step_norm(inputs, step.epsilon);
      return inputs;
    case "activation":
      engine.step_activation(ACTIVATION[step.activation]);
      return inputs;
    case "residualLowRank":
      requireLength(step.down, inputs * step.rank, "a low-rank step's down");
      requireLength(step.up, inputs * step.rank, "a low-rank step's up");
      stageFloats(target, step.down, step.up);
      engine.step_low_rank(inputs, step.rank);
      return inputs;
  }
}

function loadSteps(
  target: LoadTarget,
  steps: readonly NetworkStep[],
  { inputs, outputs, name }: {
    readonly inputs: number;
    readonly outputs: number;
    readonly name: string;
  },
): void {
  const width = steps.reduce((features, step) => loadStep(target, step, features), inputs);
  if (width !== outputs || width < 1) {
    throw new RangeError(
      `Cannot load "${name}": expected steps that end with ${outputs} values: current value is ${width}`,
    );
  }
}

/** Loads all probes and heads. */
export async function loadParts(
  target: LoadTarget,
  info: ModelInfo,
  { probes, heads }: TrainedParts,
): Promise<void> {
  const { dModel, vocabSize, layerCount } = info;
  for (const { name, steps, outputs } of probes) {
    loadSteps(target, steps, { inputs: dModel, outputs, name });
    target.engine.add_probe();
  }
  for (const [i, { name, steps, unembedding }] of heads.entries()) {
    loadSteps(target, steps, { inputs: dModel, outputs: dModel, name });
    target.engine.add_head();
    if (unembedding === "shared") continue;
    requireLength(unembedding, vocabSize * dModel, `head "${name}"'s unembedding`);
    const bytes = quantize("f32", unembedding);
    await loadMatrix(target, {
      name,
      type: "f32",
      shape: [vocabSize, dModel],
      byteLength: bytes.length,
      read: () => Promise.resolve(bytes),
    }, { place: layerCount, role: GLOBAL_ROLE.heads + i, exact: true });
  }
}
