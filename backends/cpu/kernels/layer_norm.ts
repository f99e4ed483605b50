/**
 * Layer normalization, y = (x − mean) · w / sqrt(variance + epsilon) + bias.
 *
 * @module
 */

/** Weights and epsilon of a norm. */
export interface LayerNorm {
  /** Scale, [n]. */
  readonly w: Float32Array;
  /** Offset, [n]; none when absent. */
  readonly bias: Float32Array | undefined;
  /** Added to the variance, the mean of (x − mean)². */
  readonly epsilon: number;
}

/**
 * x, y: [n] f32, may alias. Sums in f64, in index order. Reference kernel: other
 * backends match it to 1e-5 of the row's largest output.
 */
export function layerNorm(y: Float32Array, x: Float32Array, { w, bias, epsilon }: LayerNorm): void {
  const n = w.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += x[i]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (x[i]! - mean) ** 2;
  const scale = 1 / Math.sqrt(squares / n + epsilon);
  for (let i = 0; i < n; i++) y[i] = (x[i]! - mean) * scale * w[i]! + (bias?.[i] ?? 0);
}
