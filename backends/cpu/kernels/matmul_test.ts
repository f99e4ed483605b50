import { assertEquals } from "@std/assert";
import { createRandom } from "../../../harness/numerics/random.ts";
import { matmul } from "./matmul.ts";

/** Three plain loops. */
function plain(x: Float32Array, w: Float32Array, [rows, inputs, outputs]: readonly number[]) {
  const y = new Float32Array(rows! * outputs!);
  for (let r = 0; r < rows!; r++) {
    for (let o = 0; o < outputs!; o++) {
      let sum = 0;
      for (let i = 0; i < inputs!; i++) sum += x[r * inputs! + i]! * w[o * inputs! + i]!;
      y[r * outputs! + o] = sum;
    }
  }
  return y;
}

for (const rows of [0, 1, 2, 3, 5]) {
  for (const outputs of [1, 3, 4, 5, 9]) {
    Deno.test(`matmul() equals three plain loops: ${rows} rows, ${outputs} outputs`, () => {
      const inputs = 7;
      const random = createRandom(rows * 100 + outputs);
      const x = Float32Array.from({ length: rows * inputs }, () => random.normal());
      const w = Float32Array.from({ length: outputs * inputs }, () => random.normal());
      const y = new Float32Array(rows * outputs);
      matmul(y, x, { w, rows, inputs, outputs });
      assertEquals(y, plain(x, w, [rows, inputs, outputs]));
    });
  }
}
