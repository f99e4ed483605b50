/**
 * RMS normalization, y = x · w / sqrt(mean(x²) + epsilon), row by row.
 *
 * @module
 */

/** Weights and epsilon of a norm. */
export interface RmsNorm {
  /** Scale, [n]. */
  readonly w: Float32Array;
  /** Added to the mean square. */
  readonly epsilon: number;
}

/**
 * x, y: [rows, n] f32, row-major, may alias. Sums in f64, in index order.
 * Reference kernel: other backends match it to 1e-5 relative.
 */
export function rmsNorm(
  y: Float32Array,
  x: Float32Array,
  { w, epsilon, rows }: RmsNorm & { readonly rows: number },
): void {
  const n = w.length;
  for (let at = 0; at < rows * n; at += n) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += x[at + i]! ** 2;
    const scale = 1 / Math.sqrt(sum / n + epsilon);
    for (let i = 0; i < n; i++) y[at + i] = x[at + i]! * scale * w[i]!;
  }
}
