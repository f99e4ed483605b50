import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { pointOf } from "../../harness/conformance/policy_samples.ts";
import { parseOptions, ruleHeights, ruleHolds } from "../../harness/contract/mod.ts";
import { readoutStats, reduceReadout } from "../../harness/signals/mod.ts";
import { cosine } from "../../harness/numerics/vector.ts";
import {
  calm,
  calmHeights,
  type CalmOptions,
  calmRule,
  thresholdAt,
  validateCalm,
} from "./calm.ts";

/** Options with defaults, some replaced. */
function options(given: Partial<CalmOptions>): CalmOptions {
  const owner = { kind: "policy", name: "calm" };
  return { ...parseOptions(owner, { schema: calm.options, input: {} }), ...given };
}

/** Height at which a token leaves, given the confidence at heights 1, 2, …. */
function exitOf(
  confidences: readonly number[],
  given: Partial<CalmOptions>,
  emitted = 1,
): number {
  const chosen = options(given);
  const layerCount = confidences.length;
  const point = { ...pointOf(layerCount), emitted, limits: { maxTokens: 100, context: 128 } };
  const rule = calmRule(point.model, chosen);
  const { name } = calm.signals(chosen)[0]!;
  for (let height = 1; height < layerCount; height++) {
    const signals = { [name]: confidences[height - 1]! };
    if (ruleHolds(rule, { height, signals, point })) return height;
  }
  return layerCount;
}

// The worked example of four layers over four tokens, and of four states.
const LOGITS = [[1, .8, 0, 0], [2, 1, 0, 0], [4, 1, 0, 0], [6, 1, 0, 0]];
const STATES = [[1, 0, 0], [1, 1, 0], [1, 1.2, 0], [1, 1.25, .1]];

function statsOf(logits: readonly number[]) {
  const stats = readoutStats();
  reduceReadout(stats, logits);
  return stats;
}

Deno.test("calm's softmax confidence is the gap of the two likeliest, not the largest", () => {
  const gaps = LOGITS.map((logits) => statsOf(logits).margin);
  const largest = LOGITS.map((logits) => statsOf(logits).top1);
  [.070961, .385780, .874629, .981780].forEach((gap, i) => assertAlmostEquals(gaps[i]!, gap, 5e-7));
  [.391468, .610296, .920456, .988440].forEach((p, i) => assertAlmostEquals(largest[i]!, p, 5e-7));
  assertEquals(exitOf(gaps, { threshold: .35 }), 2);
  assertEquals(exitOf(gaps, { threshold: .5 }), 3);
  assertEquals(exitOf(gaps, { threshold: .9 }), 4);
  assertEquals(exitOf(largest, { threshold: .5 }), 2);
});

Deno.test("calm's state confidence starts at height 2", () => {
  const cosines = STATES.map((state, i) => i === 0 ? 1 : cosine(state, STATES[i - 1]!));
  [.707107, .995893, .997855].forEach((c, i) => assertAlmostEquals(cosines[i + 1]!, c, 5e-7));
  assertEquals(exitOf(cosines, { measure: "state", threshold: .99 }), 3);
  // Height 1 reads as confidence 0 although its signal is 1 here.
  assertEquals(exitOf(cosines, { measure: "state", threshold: .5 }), 2);
  assertEquals(exitOf(cosines, { measure: "state", threshold: 0 }), 1);
});

Deno.test("calm's first check has confidence 0 when it compares with the previous check", () => {
  const given = { measure: "state", against: "previous_check", at: [2, 3] } as const;
  assertEquals(exitOf([1, 1, 1, 1], { ...given, threshold: .5 }), 3);
  assertEquals(exitOf([1, 1, 1, 1], { ...given, threshold: 0 }), 2);
  // It is checked all the same: the second check compares with its state.
  const rule = calmRule(pointOf(4).model, options({ ...given, threshold: .5 }));
  assertEquals(ruleHeights(rule), [2, 3]);
});

Deno.test("thresholdAt() decays as equation 5 has it", () => {
  const given = options({ threshold: .8, decay: 4 });
  const at = (t: number) => thresholdAt(t, { options: given, maxTokens: 100 });
  assertAlmostEquals(at(0), .82, 5e-7);
  assertAlmostEquals(at(25), .756788, 5e-7);
  assertAlmostEquals(at(50), .733534, 5e-7);
  assertAlmostEquals(at(100), .721832, 5e-7);
});

Deno.test("thresholdAt() decays as the released code has it", () => {
  const given = options({ threshold: .8, decay: 4, decayForm: "code" });
  const at = (t: number) => thresholdAt(t, { options: given, maxTokens: 100 });
  assertAlmostEquals(at(0), .8, 5e-7);
  assertAlmostEquals(at(25), .749430, 5e-7);
  assertAlmostEquals(at(50), .730827, 5e-7);
  assertAlmostEquals(at(100), .721465, 5e-7);
});

Deno.test("thresholdAt() without decay, at 1 and without a limit", () => {
  const at = (given: Partial<CalmOptions>, t: number, maxTokens: number) =>
    thresholdAt(t, { options: options(given), maxTokens });
  assertEquals(at({ threshold: .8 }, 50, 100), .8);
  assertEquals(at({ threshold: 1, decay: 4 }, 100, 100), 1); // Eq. 5 would give 0.901832
  assert(Number.isFinite(at({ threshold: .8, decay: 4 }, 0, 0)));
});

Deno.test("calm at threshold 1 never exits, whatever rounding and decay do", () => {
  for (const measure of ["softmax", "state", "classifier"] as const) {
    for (const decay of [0, 4]) {
      for (const confidence of [1, 1 + 1e-7, Infinity]) {
        for (const emitted of [0, 1, 100]) {
          const confidences = Array(6).fill(confidence);
          assertEquals(exitOf(confidences, { measure, decay, threshold: 1 }, emitted), 6);
        }
      }
    }
  }
});

Deno.test("calm at threshold 0 leaves at the first check", () => {
  assertEquals(exitOf([0, 0, 0, 0], { threshold: 0 }), 1);
  assertEquals(exitOf([0, 0, 0, 0], { threshold: 0, minExit: 2 }), 2);
  assertEquals(exitOf([NaN, NaN, NaN, NaN], { threshold: 0 }), 4);
  const state = { measure: "state", threshold: 0, decay: 4 } as const;
  assertEquals(exitOf([-1, -1, -1, -1], { ...state, decayForm: "code" }), 1);
  assertEquals(exitOf([-1, -1, -1, -1], { ...state, decayForm: "paper" }), 4);
});

Deno.test("calm leaves at an equal confidence, and later with a higher threshold", () => {
  assertEquals(exitOf([.1, .5, .9, .9], { threshold: .5 }), 2);
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0, 4),
      (confidences, a, b, decay) => {
        const low = exitOf(confidences, { threshold: Math.min(a, b), decay });
        const high = exitOf(confidences, { threshold: Math.max(a, b), decay });
        assert(low <= high);
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

Deno.test("calmHeights() lists checked heights once, below full depth", () => {
  assertEquals(calmHeights(4, { at: [], minExit: 0 }), [1, 2, 3]);
  assertEquals(calmHeights(30, { at: [20, 10, 10], minExit: 0 }), [10, 20]);
  assertEquals(calmHeights(30, { at: [10, 20], minExit: 11 }), [20]);
  assertEquals(calmHeights(4, { at: [], minExit: 4 }), []);
  assertEquals(calmHeights(1, { at: [], minExit: 0 }), []);
});

Deno.test("validateCalm() refuses heights that the model lacks", () => {
  const { model } = pointOf(12);
  validateCalm(model, options({ at: [1, 11], minExit: 12 }));
  assertThrows(() => validateCalm(model, options({ at: [12] })), RangeError, "below 12");
  assertThrows(() => validateCalm(model, options({ minExit: 13 })), RangeError, "at most 12");
});

Deno.test("calm's classifier may leave at the first height, from one part for all heights", () => {
  assertEquals(exitOf([.6, .7, .9, .9], { measure: "classifier", threshold: .5 }), 1);
  assertEquals(exitOf([.6, .7, .9, .9], { measure: "classifier", threshold: .9 }), 3);
  assertEquals(calm.signals(options({ measure: "classifier" })), [
    { name: "confidence", kind: "probe", probe: "calm", output: 0 },
  ]);
});

Deno.test("calm names its fill and signal", () => {
  assertEquals(calm.defaultFill(options({})), "project");
  assertEquals(calm.signals(options({ measure: "softmax" })).map((each) => each.name), ["margin"]);
  assertEquals(calm.signals(options({ measure: "state", against: "previous_check" })), [
    { name: "cosine", kind: "state", signal: "cosine", against: "previous_check" },
  ]);
});
