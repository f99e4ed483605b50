/**
 * The k largest of n values.
 *
 * @module
 */

/** Whether entry `a` ranks below entry `b`: smaller value, or equal value and larger index. */
function ranksBelow(x: ArrayLike<number>, a: number, b: number): boolean {
  return x[a]! < x[b]! || (x[a]! === x[b]! && a > b);
}

/**
 * Writes the indices of the `out.length` largest values of `x`, ascending by
 * index; lower indices win ties. O(n log k), a heap with the worst on top.
 * Throws `RangeError` when k exceeds n.
 */
export function topK(out: Int32Array, x: ArrayLike<number>): void {
  const k = out.length;
  if (k > x.length) {
    throw new RangeError(`Cannot take the ${k} largest of ${x.length} values`);
  }
  const sink = (start: number, size: number): void => {
    let parent = start;
    for (let child = 2 * parent + 1; child < size; child = 2 * parent + 1) {
      if (child + 1 < size && ranksBelow(x, out[child + 1]!, out[child]!)) child++;
      if (!ranksBelow(x, out[child]!, out[parent]!)) return;
      [out[child], out[parent]] = [out[parent]!, out[child]!];
      parent = child;
    }
  };
  for (let i = 0; i < k; i++) out[i] = i;
  for (let i = (k >> 1) - 1; i >= 0; i--) sink(i, k);
  for (let i = k; i < x.length; i++) {
    if (k > 0 && ranksBelow(x, out[0]!, i)) {
      out[0] = i;
      sink(0, k);
    }
  }
  out.sort();
}
