import { assertEquals } from "@std/assert";
import { planOf, planUpTo } from "../contract/policy.ts";
import { compilePlan } from "./plan_program.ts";

Deno.test("compilePlan() merges neighbours and fills the rest at the end", () => {
  assertEquals(compilePlan(planUpTo(3), 5), {
    instructions: [
      { kind: "run", span: { from: 0, to: 3 }, part: "block", pass: 0 },
      { kind: "fill", span: { from: 3, to: 5 } },
    ],
    blocksRun: 3,
    exitHeight: 3,
    parts: ["block", "block", "block", undefined, undefined],
  });
});

Deno.test("compilePlan() fills a skipped block before the next one runs", () => {
  assertEquals(compilePlan(planOf([0, 3]), 4).instructions, [
    { kind: "run", span: { from: 0, to: 1 }, part: "block", pass: 0 },
    { kind: "fill", span: { from: 1, to: 3 } },
    { kind: "run", span: { from: 3, to: 4 }, part: "block", pass: 0 },
  ]);
});

Deno.test("compilePlan() fills a block whose attention is left out before its MLP runs", () => {
  const program = compilePlan([{ block: 0, part: "mlp" }, { block: 1, part: "attention" }], 2);
  assertEquals(program.instructions, [
    { kind: "fill", span: { from: 0, to: 1 } },
    { kind: "run", span: { from: 0, to: 1 }, part: "mlp", pass: 0 },
    { kind: "run", span: { from: 1, to: 2 }, part: "attention", pass: 0 },
  ]);
  assertEquals(program.blocksRun, 1);
});

Deno.test("compilePlan() gives a repeated block a pass of its own and no common order", () => {
  const program = compilePlan(planOf([0, 1, 1]), 2);
  assertEquals(program.instructions.map((each) => each.kind === "run" ? each.pass : -1), [0, 1]);
  assertEquals(program.instructions[0], {
    kind: "run",
    span: { from: 0, to: 2 },
    part: "block",
    pass: 0,
  });
  assertEquals(program.parts, undefined);
  assertEquals(compilePlan(planOf([1, 0]), 2).parts, undefined);
});

Deno.test("compilePlan() of no block fills everything and reads out the embedding", () => {
  const program = compilePlan([], 3);
  assertEquals(program.instructions, [{ kind: "fill", span: { from: 0, to: 3 } }]);
  assertEquals(program.exitHeight, 0);
});
