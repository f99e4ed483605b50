import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { argmax, klDivergence, logSumExp, softmax } from "./logits.ts";
import { drawFrom, samplingLaw } from "./sampling.ts";
import { topK } from "./top_k.ts";

Deno.test("klDivergence() gives the worked examples in nats", () => {
  const p = [0.7, 0.2, 0.1].map(Math.log);
  assertAlmostEquals(klDivergence(p, [0.5, 0.3, 0.2].map(Math.log)), 0.085123, 1e-6);
  assertAlmostEquals(klDivergence(p, [0.3, 0.6, 0.1].map(Math.log)), 0.373386, 1e-6);
  assertAlmostEquals(klDivergence([2, 1, 0], [1, 1, 0]), 0.119630, 1e-6);
  assertEquals(klDivergence([1, 2, 3], [1, 2, 3]), 0);
});

Deno.test("klDivergence() ignores constants added to either side", () => {
  assertAlmostEquals(klDivergence([12, 11, 10], [-4, -4, -5]), 0.119630, 1e-6);
});

Deno.test("argmax() takes the lowest index on ties and never a NaN", () => {
  assertEquals([argmax([1, 3, 3]), argmax([]), argmax([NaN, -1]), argmax([-Infinity])], [
    1,
    -1,
    1,
    0,
  ]);
});

Deno.test("logSumExp() and softmax() do not overflow", () => {
  assertAlmostEquals(logSumExp([1000, 1000]), 1000 + Math.LN2, 1e-9);
  const out = new Float64Array(2);
  softmax(out, [1000, 999]);
  assertAlmostEquals(out[0]!, 1 / (1 + Math.exp(-1)), 1e-12);
});

Deno.test("topK() returns the largest, ascending by index, lower indices first on ties", () => {
  const kept = new Int32Array(3);
  topK(kept, [2.0, 1.0, 1.5, -1.0, 0.0, 0.5]);
  assertEquals([...kept], [0, 1, 2]);
  topK(kept, [1, 1, 1, 1, 1]);
  assertEquals([...kept], [0, 1, 2]);
  topK(kept, [5, 9, 1, 7, 8]);
  assertEquals([...kept], [1, 3, 4]);
  topK(new Int32Array(0), [1]);
});

Deno.test("samplingLaw() keeps the k likeliest, then the mass, and renormalises", () => {
  const logits = [0.5, 0.3, 0.15, 0.05].map(Math.log);
  const law = new Float64Array(4);
  samplingLaw(law, logits, { temperature: 1, topK: 2 });
  [0.625, 0.375, 0, 0].forEach((p, i) => assertAlmostEquals(law[i]!, p, 1e-12));
  samplingLaw(law, logits, { temperature: 1, topP: 0.75 });
  [0.625, 0.375, 0, 0].forEach((p, i) => assertAlmostEquals(law[i]!, p, 1e-12));
  samplingLaw(law, logits, { temperature: 0.5 });
  assertAlmostEquals(law[0]!, 0.25 / (0.25 + 0.09 + 0.0225 + 0.0025), 1e-12);
});

Deno.test("drawFrom() inverts the cumulative law and never draws a token without mass", () => {
  const law = [0, 0.25, 0, 0.75, 0];
  assertEquals([0, 0.2499, 0.25, 0.9999999].map((u) => drawFrom(law, u)), [1, 1, 3, 3]);
  assert(drawFrom([0.1, 0.1], 0.9999) === 1);
});
