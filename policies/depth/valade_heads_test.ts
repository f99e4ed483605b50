import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { pointOf } from "../../harness/conformance/policy_samples.ts";
import { parseOptions, ruleHeights, ruleHolds } from "../../harness/contract/mod.ts";
import { readoutStats, reduceReadout } from "../../harness/signals/mod.ts";
import {
  valadeHeads,
  type ValadeHeadsOptions,
  valadeRule,
  validateValade,
} from "./valade_heads.ts";

function options(given: Partial<ValadeHeadsOptions> = {}): ValadeHeadsOptions {
  const owner = { kind: "policy", name: "valade_heads" };
  const input = { at: [3, 6, 9], thresholds: [0.5, 0.8, 1.1] };
  return { ...parseOptions(owner, { schema: valadeHeads.options, input }), ...given };
}

/** Height at which a token leaves, given the signal at heights 0, 1, …; 12 is full depth. */
function exitOf(values: Readonly<Record<number, number>>, given: Partial<ValadeHeadsOptions> = {}) {
  const chosen = options(given);
  const { name } = valadeHeads.signals(chosen)[0]!;
  const rule = valadeRule(chosen);
  const point = pointOf(12);
  return ruleHeights(rule).find((height) =>
    ruleHolds(rule, { height, signals: { [name]: values[height] ?? NaN }, point })
  ) ?? 12;
}

// The worked example of four logits.
const LOGITS = [[5, 0, 0, 0], [2, 1, 0, 0], [0, 0, 0, 0], [3, 3, -5, -5]].map((logits) => {
  const stats = readoutStats();
  reduceReadout(stats, logits);
  return stats;
});

Deno.test("valade_heads reads entropy, largest probability and logit margin: the worked example", () => {
  [.119079, 1.048705, 1.386294, .696165].forEach((entropy, i) =>
    assertAlmostEquals(LOGITS[i]!.entropy, entropy, 5e-7)
  );
  [.980187, .610296, .25, .499832].forEach((top, i) =>
    assertAlmostEquals(LOGITS[i]!.top1, top, 5e-7)
  );
  assertEquals(LOGITS.map(({ logitMargin }) => logitMargin), [5, 1, 0, 0]);
  // Low entropy and yet a tie: an entropy of 0.8 leaves, a margin of 0.1 does not.
  const { entropy, logitMargin } = LOGITS[3]!;
  assertEquals(exitOf({ 3: entropy }, { thresholds: [0.8] }), 3);
  assertEquals(exitOf({ 3: logitMargin }, { metric: "logit_margin", thresholds: [0.1] }), 12);
});

Deno.test("valade_heads leaves at the first head that is sure, equality included", () => {
  assertEquals(exitOf({ 3: 0.5, 6: 0 }), 3);
  assertEquals(exitOf({ 3: 0.51, 6: 0.8, 9: 0 }), 6);
  assertEquals(exitOf({ 3: 0.51, 6: 0.81, 9: 1.2 }), 12);
  assertEquals(exitOf({ 3: NaN, 6: NaN, 9: NaN }), 12);
});

Deno.test("valade_heads never leaves at a threshold at the signal's bound", () => {
  assertEquals(exitOf({ 3: 0, 6: -1e-9, 9: 0 }, { thresholds: [0] }), 12);
  assertEquals(exitOf({ 3: 1, 6: 1.1, 9: 1 }, { metric: "top1", thresholds: [1] }), 12);
});

Deno.test("valade_heads leaves no earlier with lower entropy thresholds", () => {
  for (const values of [{ 3: 0.2, 6: 0.1, 9: 0 }, { 3: 1, 6: 0.4, 9: 0.3 }]) {
    const exits = [1.2, 0.6, 0.35, 0.05, 0].map((theta) => exitOf(values, { thresholds: [theta] }));
    assertEquals(exits, exits.toSorted((a, b) => a - b));
  }
});

Deno.test("valade_heads reads tokens out by the head that was sure", () => {
  assertEquals(valadeHeads.readoutHead?.(6, options()), "valade.6");
  assertEquals(valadeHeads.signals(options()), [{
    name: "entropy",
    kind: "readout",
    signal: "entropy",
    head: "valade",
    perHeight: true,
  }]);
  assertEquals(valadeHeads.defaultFill(options()), "recompute");
});

Deno.test("validateValade() refuses heights and thresholds that do not fit", () => {
  const { model } = pointOf(12);
  validateValade(model, options());
  validateValade(model, options({ thresholds: [1] }));
  for (const at of [[], [3, 3, 6], [6, 3, 9], [3, 6, 12]]) {
    assertThrows(() => validateValade(model, options({ at })), RangeError, "ascending heights");
  }
  const two = options({ thresholds: [1, 2] });
  assertThrows(() => validateValade(model, two), RangeError, "3 heads with 2 thresholds");
});
