/**
 * Functions of the MLP.
 *
 *     silu(x) = x / (1 + e^−x)
 *     gelu(x) = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))     "gelu_new", tanh form
 *
 * @module
 */
import type { Architecture } from "../../../harness/contract/model.ts";

/** Which function, and how many numbers. */
export interface Activation {
  /** The function. */
  readonly activation: Architecture["activation"];
  /** Numbers. */
  readonly length: number;
}

const ROOT = Math.sqrt(2 / Math.PI);

function apply(x: number, activation: Architecture["activation"]): number {
  return activation === "silu"
    ? x / (1 + Math.exp(-x))
    : 0.5 * x * (1 + Math.tanh(ROOT * (x + 0.044715 * x ** 3)));
}

/** y = f(x) over `length` numbers; may alias. Computed in f64. */
export function activate(
  y: Float32Array,
  x: Float32Array,
  { activation, length }: Activation,
): void {
  for (let i = 0; i < length; i++) y[i] = apply(x[i]!, activation);
}

/** gate = f(gate) · up over `length` numbers. Computed in f64. */
export function gate(
  gates: Float32Array,
  up: Float32Array,
  { activation, length }: Activation,
): void {
  for (let i = 0; i < length; i++) gates[i] = apply(gates[i]!, activation) * up[i]!;
}
