/**
 * Small trained networks: probes, and the steps of exit heads in front of their
 * unembedding. Reference for all backends: 1e-5 relative.
 *
 * @module
 */
import type { Activation, NetworkStep } from "../contract/parts.ts";
import { softmax } from "../numerics/logits.ts";

function activate(x: Float32Array, activation: Activation): void {
  if (activation === "softmax") return softmax(x, x);
  for (let i = 0; i < x.length; i++) {
    const v = x[i]!;
    switch (activation) {
      case "relu":
        x[i] = Math.max(0, v);
        break;
      case "silu":
        x[i] = v / (1 + Math.exp(-v));
        break;
      case "gelu": // tanh approximation
        x[i] = 0.5 * v * (1 + Math.tanh(0.7978845608028654 * (v + 0.044715 * v ** 3)));
        break;
      case "sigmoid":
        x[i] = 1 / (1 + Math.exp(-v));
        break;
    }
  }
}

/** y = W x + b; W [outputs, x.length] row-major. */
function linear(weight: Float32Array, x: Float32Array, y: Float32Array): void {
  const n = x.length;
  for (let o = 0; o < y.length; o++) {
    let sum = y[o]!;
    for (let i = 0; i < n; i++) sum += weight[o * n + i]! * x[i]!;
    y[o] = sum;
  }
}

/** Runs the steps on `input` and returns the output vector, newly allocated. */
export function runNetwork(steps: readonly NetworkStep[], input: Float32Array): Float32Array {
  let x = Float32Array.from(input);
  for (const step of steps) {
    switch (step.kind) {
      case "linear": {
        const y = new Float32Array(step.outputs);
        if (step.bias !== undefined) y.set(step.bias);
        linear(step.weight, x, y);
        x = y;
        break;
      }
      case "rmsNorm": {
        let sum = 0;
        for (const v of x) sum += v * v;
        const scale = 1 / Math.sqrt(sum / x.length + step.epsilon);
        for (let i = 0; i < x.length; i++) x[i] = x[i]! * scale * step.weight[i]!;
        break;
      }
      case "activation":
        activate(x, step.activation);
        break;
      case "residualLowRank": {
        const inner = new Float32Array(step.rank);
        linear(step.down, x, inner);
        linear(step.up, inner, x);
        break;
      }
    }
  }
  return x;
}

/** Multiply-accumulates of the steps on an input of `width` features. */
export function networkMacs(steps: readonly NetworkStep[], width: number): number {
  let macs = 0;
  let inputs = width;
  for (const step of steps) {
    if (step.kind === "linear") {
      macs += inputs * step.outputs;
      inputs = step.outputs;
    } else if (step.kind === "residualLowRank") macs += 2 * inputs * step.rank;
  }
  return macs;
}
