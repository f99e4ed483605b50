/**
 * The gate of a gated MLP.
 *
 * @module
 */

/** Writes gate = silu(gate) · up element-wise over `length` numbers; silu(x) = x / (1 + e^−x). */
export function swiglu(
  gate: Float32Array,
  up: Float32Array,
  { length }: { readonly length: number },
): void {
  for (let i = 0; i < length; i++) {
    const g = gate[i]!;
    gate[i] = g / (1 + Math.exp(-g)) * up[i]!;
  }
}
