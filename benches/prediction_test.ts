import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { planUpTo } from "../harness/contract/policy.ts";
import { compilePlan } from "../harness/decode/plan_program.ts";
import { predictSpeedUp, stepCost } from "./prediction.ts";

const costs = {
  step: 1,
  attention: 2,
  mlp: 5,
  block: 7,
  head: 10,
  project: 0.5,
  hole: 0.25,
  copy: 0.125,
};

Deno.test("stepCost() adds the runs and fills of a plan", () => {
  const program = compilePlan([
    { block: 0, part: "block" },
    { block: 2, part: "mlp" },
    { block: 3, part: "attention" },
  ], 6);
  // blocks 1, 4, 5 and block 2's attention are filled
  assertEquals(stepCost(program, { costs, fill: "project" }), 1 + 10 + 7 + 5 + 2 + 4 * 0.5);
  assertEquals(stepCost(program, { costs, fill: "none" }), 1 + 10 + 7 + 5 + 2 + 4 * 0.25);
});

Deno.test("predictSpeedUp() is 1 at full depth and the ratio of costs below", () => {
  const at = { costs, fill: "copy", layerCount: 6 } as const;
  assertEquals(predictSpeedUp(compilePlan(planUpTo(6), 6), at), 1);
  assertAlmostEquals(
    predictSpeedUp(compilePlan(planUpTo(3), 6), at),
    (11 + 42) / (11 + 21 + 3 * 0.125),
    1e-12,
  );
});

Deno.test("stepCost() refuses recompute, whose blocks run later", () => {
  const program = compilePlan(planUpTo(3), 6);
  assertThrows(() => stepCost(program, { costs, fill: "recompute" }), RangeError, "later steps");
});
