/**
 * Grouped-query attention of one row over the visible positions of its slot.
 *
 *     out_h = Σ_t softmax_t(q_h · k_t,g / sqrt(headDim)) v_t,g     g = ⌊h · kvHeads / heads⌋
 *
 * Positions that are absent (holes) take no part: the softmax has a term fewer.
 * Sums in f64, in position order. Reference kernel.
 *
 * @module
 */

/** Shapes of attention. */
export interface AttentionShape {
  /** Query heads. */
  readonly heads: number;
  /** Key/value heads. */
  readonly kvHeads: number;
  /** Dimensions per head. */
  readonly headDim: number;
}

/** One row's view of a block's cache. */
export interface AttentionInputs extends AttentionShape {
  /** Queries of all rows, rotated. */
  readonly q: Float32Array;
  /** Start of this row's queries in `q`, and of its output in `out`. */
  readonly at: number;
  /** Keys [positions, kvHeads · headDim]. */
  readonly keys: Float32Array;
  /** Values, like keys. */
  readonly values: Float32Array;
  /** Visible positions, ascending. */
  readonly visible: Int32Array;
  /** How many of them count. */
  readonly count: number;
  /** Scratch of at least `count` numbers. */
  readonly scores: Float64Array;
  /** Scratch of at least `headDim` numbers. */
  readonly sums: Float64Array;
}

/** Writes the row's attention output [heads · headDim] to `out[at…]`. */
export function attendRow(out: Float32Array, inputs: AttentionInputs): void {
  const { heads, kvHeads, headDim, q, at, keys, values, visible, count, scores, sums } = inputs;
  const group = heads / kvHeads;
  const width = kvHeads * headDim;
  const scale = 1 / Math.sqrt(headDim);
  for (let h = 0; h < heads; h++) {
    const qAt = at + h * headDim;
    const head = Math.floor(h / group) * headDim;
    let largest = -Infinity;
    for (let j = 0; j < count; j++) {
      const kAt = visible[j]! * width + head;
      let sum = 0;
      for (let d = 0; d < headDim; d++) sum += q[qAt + d]! * keys[kAt + d]!;
      sum *= scale;
      scores[j] = sum;
      if (sum > largest) largest = sum;
    }
    let total = 0;
    for (let j = 0; j < count; j++) {
      const e = Math.exp(scores[j]! - largest);
      scores[j] = e;
      total += e;
    }
    sums.fill(0, 0, headDim);
    for (let j = 0; j < count; j++) {
      const vAt = visible[j]! * width + head;
      const weight = scores[j]!;
      for (let d = 0; d < headDim; d++) sums[d] = sums[d]! + weight * values[vAt + d]!;
    }
    for (let d = 0; d < headDim; d++) out[qAt + d] = sums[d]! / total;
  }
}
