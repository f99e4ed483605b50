import { assertEquals, assertStrictEquals } from "@std/assert";
import { QUANTILE_RULES, quantileThreshold } from "./quantile_rules.ts";

/** Valade's worked example. */
const PAIRS = {
  uncertainty: [0.1, 0.2, 0.3, 0.5, 0.8, 1.1, 1.4, 2.0],
  agrees: [1, 1, 0, 1, 1, 1, 0, 0],
};

function thresholds(target: number, pairs = PAIRS): readonly number[] {
  return QUANTILE_RULES.map((rule) => quantileThreshold(pairs, { rule, target }).threshold);
}

Deno.test("quantileThreshold() equals the worked example", () => {
  assertEquals(thresholds(0.9), [0.2, 0.1, 0.25]);
  assertEquals(thresholds(0.8), [1.1, 0.1, 1.25]);
  assertEquals(thresholds(0.6), [2.0, 0.1, 2.0]);
  const at = (target: number) => quantileThreshold(PAIRS, { rule: "max_coverage", target });
  assertEquals([0.9, 0.8, 0.6].map((target) => at(target).coverage), [0.25, 0.75, 1]);
  assertStrictEquals(at(0.8).accuracy, 5 / 6);
});

Deno.test("quantileThreshold() does not depend on the order of the pairs", () => {
  const order = [5, 2, 7, 0, 3, 6, 1, 4];
  const mixed = {
    uncertainty: order.map((i) => PAIRS.uncertainty[i]!),
    agrees: order.map((i) => PAIRS.agrees[i]!),
  };
  for (const target of [0.6, 0.8, 0.9]) assertEquals(thresholds(target, mixed), thresholds(target));
});

Deno.test("quantileThreshold() lets equal uncertainties pass together", () => {
  const pairs = { uncertainty: [0.1, 0.1, 0.2], agrees: [1, 0, 1] };
  assertEquals(thresholds(0.9, pairs), [-Infinity, -Infinity, -Infinity]);
  assertEquals(thresholds(0.6, pairs), [0.2, 0.2, 0.2]);
});

Deno.test("quantileThreshold() lets nothing pass where the target is out of reach, nor NaN", () => {
  const none = { uncertainty: [0.1, NaN], agrees: [0, 1] };
  assertEquals(quantileThreshold(none, { rule: "max_coverage", target: 0.5 }), {
    threshold: -Infinity,
    coverage: 0,
    accuracy: NaN,
  });
});

Deno.test("quantileThreshold() takes a share that equals the target, rounding aside", () => {
  const agrees = Array.from({ length: 20 }, (_, i) => i % 2 === 0 || i === 1 ? 1 : 0);
  const pairs = { uncertainty: agrees.map((_, i) => i), agrees };
  const { coverage } = quantileThreshold(pairs, { rule: "max_coverage", target: 0.55 });
  assertStrictEquals(coverage, 1);
});
