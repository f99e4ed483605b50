/**
 * Tensors out of tensors: some rows of one, or one with rows and columns swapped.
 *
 * @module
 */
import type { StoredTensor } from "../harness/contract/model.ts";
import { dequantize } from "../harness/numerics/quantization/mod.ts";

/** Rows `from` to `from + count − 1`, in the same storage; of a vector, numbers. */
export function sliceRows(tensor: StoredTensor, from: number, count: number): StoredTensor {
  const [rows, ...rest] = tensor.shape as readonly [number, ...number[]];
  const rowBytes = tensor.byteLength / rows;
  return {
    name: `${tensor.name}[${from}..${from + count - 1}]`,
    type: tensor.type,
    shape: [count, ...rest],
    byteLength: count * rowBytes,
    async read() {
      const bytes = await tensor.read();
      return bytes.slice(from * rowBytes, (from + count) * rowBytes);
    },
  };
}

/** `[columns, rows]` in f32. */
export function transposed(tensor: StoredTensor): StoredTensor {
  const [rows, columns] = tensor.shape as readonly [number, number];
  return {
    name: tensor.name,
    type: "f32",
    shape: [columns, rows],
    byteLength: 4 * rows * columns,
    async read() {
      const values = new Float32Array(rows * columns);
      dequantize(tensor.type, await tensor.read(), values);
      const turned = new Float32Array(values.length);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) turned[j * rows + i] = values[i * columns + j]!;
      }
      return new Uint8Array(turned.buffer);
    },
  };
}
