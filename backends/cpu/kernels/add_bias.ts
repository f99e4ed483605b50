/**
 * Biases after a matrix.
 *
 * @module
 */

/** y += bias, row by row. y: [rows, n] f32, row-major; bias: [n]. */
export function addBias(
  y: Float32Array,
  { bias, rows }: { readonly bias: Float32Array; readonly rows: number },
): void {
  const n = bias.length;
  for (let at = 0; at < rows * n; at += n) {
    for (let i = 0; i < n; i++) y[at + i] = y[at + i]! + bias[i]!;
  }
}
