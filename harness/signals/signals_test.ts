import { assertAlmostEquals, assertEquals } from "@std/assert";
import { logitCosine } from "./logit_cosine.ts";
import { networkMacs, runNetwork } from "./network.ts";
import { readoutStats, reduceReadout } from "./readout.ts";
import { stateSignal } from "./state.ts";

function reduce(...logits: number[]) {
  const stats = readoutStats();
  reduceReadout(stats, logits);
  return stats;
}

Deno.test("reduceReadout() gives the gaps and maxima of CALM's worked example", () => {
  const rows = [[1, 0.8, 0, 0], [2, 1, 0, 0], [4, 1, 0, 0], [6, 1, 0, 0]];
  const gaps = [0.070961, 0.385780, 0.874629, 0.981780];
  const largest = [0.391468, 0.610296, 0.920456, 0.988440];
  rows.forEach((row, i) => {
    const stats = reduce(...row);
    assertAlmostEquals(stats.margin, gaps[i]!, 1e-6);
    assertAlmostEquals(stats.top1, largest[i]!, 1e-6);
  });
});

Deno.test("reduceReadout() gives the entropies of the exit heads' worked example", () => {
  const rows = [[5, 0, 0, 0], [2, 1, 0, 0], [0, 0, 0, 0], [3, 3, -5, -5]];
  const entropies = [0.119079, 1.048705, 1.386294, 0.696165];
  const margins = [5, 1, 0, 0];
  rows.forEach((row, i) => {
    const stats = reduce(...row);
    assertAlmostEquals(stats.entropy, entropies[i]!, 1e-6);
    assertAlmostEquals(stats.logitMargin, margins[i]!, 1e-12);
  });
});

Deno.test("reduceReadout() lets the lowest index win ties, for first and second", () => {
  const stats = reduce(1, 3, 3, 3);
  assertEquals([stats.token, stats.second, stats.margin], [1, 2, 0]);
});

Deno.test("reduceReadout() of one logit has no second and is certain", () => {
  const stats = reduce(-4);
  assertEquals([stats.token, stats.second, stats.margin, stats.top1], [0, -1, 1, 1]);
  assertEquals([stats.logitMargin, stats.entropy, stats.logSum], [Infinity, 0, -4]);
});

Deno.test("reduceReadout() survives logits that overflow when exponentiated", () => {
  const stats = reduce(1e4, 0, -1e4);
  assertEquals([stats.top1, stats.margin, stats.entropy], [1, 1, 0]);
});

Deno.test("stateSignal() gives the cosines of CALM's worked example", () => {
  const states = [[1, 0, 0], [1, 1, 0], [1, 1.2, 0], [1, 1.25, 0.1]];
  [0.707107, 0.995893, 0.997855].forEach((expected, i) => {
    const pair = { a: states[i]!, b: states[i + 1]! };
    assertAlmostEquals(stateSignal("cosine", pair), expected, 1e-6);
  });
});

Deno.test("stateSignal() measures the change relative to where it started", () => {
  assertAlmostEquals(stateSignal("relativeNorm", { a: [3, 4], b: [3, 5] }), 0.2, 1e-12);
  assertEquals(stateSignal("cosine", { a: [0, 0], b: [1, 2] }), 0);
});

Deno.test("stateSignal() takes the entropy of the update over the features", () => {
  const even = stateSignal("featureEntropy", { a: [1, 2, 3, 4], b: [2, 3, 4, 5] });
  assertAlmostEquals(even, Math.log(4), 1e-12);
  const peaked = stateSignal("featureEntropy", { a: [0, 0, 0], b: [100, 0, 0] });
  assertAlmostEquals(peaked, 0, 1e-12);
});

Deno.test("logitCosine() gives the worked example, raw and centred", () => {
  const a = [10, 11, 10, 10];
  const b = [10, 10, 11, 10];
  assertAlmostEquals(logitCosine(a, b, { centred: false }), 0.997625, 1e-6);
  assertAlmostEquals(logitCosine(a, b, { centred: true }), -1 / 3, 1e-9);
  assertAlmostEquals(logitCosine([1, 2, 3], [2, 0, 2], { centred: false }), 0.755929, 1e-6);
});

Deno.test("runNetwork() applies linear, norm, activation and low-rank steps in order", () => {
  const steps = [
    {
      kind: "linear",
      weight: Float32Array.of(1, 1, 1, -1),
      bias: Float32Array.of(0, 2),
      outputs: 2,
    },
    { kind: "activation", activation: "relu" },
    { kind: "residualLowRank", down: Float32Array.of(1, 0), up: Float32Array.of(0, 1), rank: 1 },
  ] as const;
  // [1, 2] → [3, 1] → [3, 1] → [3, 1 + 3]
  assertEquals([...runNetwork(steps, Float32Array.of(1, 2))], [3, 4]);
  assertEquals(networkMacs(steps, 2), 4 + 4);
  const softmax = runNetwork(
    [{ kind: "activation", activation: "softmax" }],
    Float32Array.of(0.1, 2),
  );
  assertAlmostEquals(softmax[1]!, 0.8699, 1e-4);
});
