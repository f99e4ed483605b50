/**
 * y = x · Wᵀ for a few rows.
 *
 * x: [rows, inputs] f32, W: [outputs, inputs] f32, y: [rows, outputs] f32, all
 * row-major; y must not alias. Each output is one f64 sum in index order, so a
 * row's result does not depend on how many rows are computed together.
 * Blocked four weights by two rows for registers. Reference kernel.
 *
 * @module
 */

/** Shapes of {@linkcode matmul}. */
export interface MatmulShape {
  /** Rows of x and y. */
  readonly rows: number;
  /** Columns of x and W. */
  readonly inputs: number;
  /** Rows of W, columns of y. */
  readonly outputs: number;
}

function fourByOne(
  y: Float32Array,
  x: Float32Array,
  at: { w: Float32Array; from: number; row: number; inputs: number; outputs: number },
): void {
  const { w, from, row, inputs, outputs } = at;
  const xAt = row * inputs;
  const w0 = from * inputs, w1 = w0 + inputs, w2 = w1 + inputs, w3 = w2 + inputs;
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (let i = 0; i < inputs; i++) {
    const v = x[xAt + i]!;
    s0 += v * w[w0 + i]!;
    s1 += v * w[w1 + i]!;
    s2 += v * w[w2 + i]!;
    s3 += v * w[w3 + i]!;
  }
  const yAt = row * outputs + from;
  y[yAt] = s0;
  y[yAt + 1] = s1;
  y[yAt + 2] = s2;
  y[yAt + 3] = s3;
}

function fourByTwo(
  y: Float32Array,
  x: Float32Array,
  at: { w: Float32Array; from: number; row: number; inputs: number; outputs: number },
): void {
  const { w, from, row, inputs, outputs } = at;
  const xa = row * inputs, xb = xa + inputs;
  const w0 = from * inputs, w1 = w0 + inputs, w2 = w1 + inputs, w3 = w2 + inputs;
  let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
  for (let i = 0; i < inputs; i++) {
    const va = x[xa + i]!, vb = x[xb + i]!;
    const u0 = w[w0 + i]!, u1 = w[w1 + i]!, u2 = w[w2 + i]!, u3 = w[w3 + i]!;
    a0 += va * u0;
    a1 += va * u1;
    a2 += va * u2;
    a3 += va * u3;
    b0 += vb * u0;
    b1 += vb * u1;
    b2 += vb * u2;
    b3 += vb * u3;
  }
  const ya = row * outputs + from, yb = ya + outputs;
  y[ya] = a0;
  y[ya + 1] = a1;
  y[ya + 2] = a2;
  y[ya + 3] = a3;
  y[yb] = b0;
  y[yb + 1] = b1;
  y[yb + 2] = b2;
  y[yb + 3] = b3;
}

/** Writes y = x · Wᵀ. */
export function matmul(
  y: Float32Array,
  x: Float32Array,
  { w, rows, inputs, outputs }: MatmulShape & { readonly w: Float32Array },
): void {
  const fours = outputs - outputs % 4;
  const at = { w, from: 0, row: 0, inputs, outputs };
  for (at.from = 0; at.from < fours; at.from += 4) {
    for (at.row = 0; at.row + 1 < rows; at.row += 2) fourByTwo(y, x, at);
    if (at.row < rows) fourByOne(y, x, at);
  }
  for (let o = fours; o < outputs; o++) {
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += x[row * inputs + i]! * w[o * inputs + i]!;
      y[row * outputs + o] = sum;
    }
  }
}
