import { assertStrictEquals } from "@std/assert";
import type { Estimate } from "../contract/summary.ts";
import { type SelectablePoint, selectOnCurve } from "./curve_selection.ts";

function estimate(value: number, half: number): Estimate {
  return { value, low: value - half, high: value + half, clusters: 40 };
}

function point(value: number, quality: number, cost: number, half = 0.03): SelectablePoint {
  return { value, quality: estimate(quality, half), cost: estimate(cost, half) };
}

const POINTS = [
  point(0.9, 0.99, 0.9),
  point(0.7, 0.96, 0.6),
  point(0.5, 0.92, 0.4),
  point(0.3, 0.7, 0.2),
];

Deno.test("selectOnCurve() takes the cheapest point whose interval reaches a quality", () => {
  const at = (target: number) => selectOnCurve(POINTS, { kind: "target_quality", target })?.value;
  assertStrictEquals(at(0.9), 0.7); // 0.92 alone would do, its interval does not
  assertStrictEquals(at(0.5), 0.3);
  assertStrictEquals(at(0.97), undefined);
});

Deno.test("selectOnCurve() takes the best point whose interval reaches a speed", () => {
  const at = (target: number) => selectOnCurve(POINTS, { kind: "target_speed", target })?.value;
  assertStrictEquals(at(2), 0.5);
  assertStrictEquals(at(1), 0.9);
  assertStrictEquals(at(1.5), 0.7);
  assertStrictEquals(at(5), undefined);
});

Deno.test("selectOnCurve() takes no point without an interval", () => {
  const unknown = { ...POINTS[0]!, quality: { value: 1, low: NaN, high: NaN, clusters: 1 } };
  assertStrictEquals(
    selectOnCurve([unknown], { kind: "target_quality", target: 0.1 }),
    undefined,
  );
});
