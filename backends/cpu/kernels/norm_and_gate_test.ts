import { assertAlmostEquals } from "@std/assert";
import { rmsNorm } from "./rms_norm.ts";
import { swiglu } from "./swiglu.ts";

Deno.test("rmsNorm() divides by the root mean square and scales, row by row, in place", () => {
  const x = Float32Array.of(3, 4, 0, 2);
  rmsNorm(x, x, { w: Float32Array.of(1, 2), epsilon: 0, rows: 2 });
  // Mean squares 12.5 and 2.
  const expected = [3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5), 0, 4 / Math.sqrt(2)];
  expected.forEach((value, i) => assertAlmostEquals(x[i]!, value, 1e-6));
});

Deno.test("rmsNorm() of zeros stays finite through epsilon", () => {
  const x = new Float32Array(2);
  rmsNorm(x, x, { w: Float32Array.of(1, 1), epsilon: 1e-5, rows: 1 });
  assertAlmostEquals(x[0]!, 0);
});

Deno.test("swiglu() multiplies silu of the gate with the other half", () => {
  const gate = Float32Array.of(0, 1, -2, 50);
  swiglu(gate, Float32Array.of(9, 2, 3, 1), { length: 4 });
  // silu(1) = 0.731059, silu(−2) = −0.238406
  [0, 1.462117, -0.715218, 50].forEach((value, i) => assertAlmostEquals(gate[i]!, value, 1e-5));
});
