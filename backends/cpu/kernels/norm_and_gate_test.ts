import { assertAlmostEquals } from "@std/assert";
import { rmsNorm } from "./rms_norm.ts";
import { activate, gate } from "./activate.ts";
import { layerNorm } from "./layer_norm.ts";

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

Deno.test("gate() multiplies silu of the gate with the other half", () => {
  const gates = Float32Array.of(0, 1, -2, 50);
  gate(gates, Float32Array.of(9, 2, 3, 1), { activation: "silu", length: 4 });
  // silu(1) = 0.731059, silu(−2) = −0.238406
  [0, 1.462117, -0.715218, 50].forEach((value, i) => assertAlmostEquals(gates[i]!, value, 1e-5));
});

Deno.test("activate() computes the tanh form of gelu", () => {
  const y = new Float32Array(4);
  activate(y, Float32Array.of(0, 1, -2, 50), { activation: "gelu", length: 4 });
  // torch.nn.functional.gelu(x, approximate="tanh")
  [0, 0.841192, -0.045402, 50].forEach((value, i) => assertAlmostEquals(y[i]!, value, 1e-6));
});

Deno.test("layerNorm() takes the mean away, divides by the deviation, scales and offsets", () => {
  const x = Float32Array.of(1, 3, 5);
  layerNorm(x, x, { w: Float32Array.of(1, 2, 1), bias: Float32Array.of(0, 1, 10), epsilon: 0 });
  const unit = 2 / Math.sqrt(8 / 3);
  [-unit, 1, unit + 10].forEach((value, i) => assertAlmostEquals(x[i]!, value, 1e-6));
});
