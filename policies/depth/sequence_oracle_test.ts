import { assertEquals, assertThrows } from "@std/assert";
import { modelOf } from "../../harness/conformance/policy_samples.ts";
import {
  chosenDepth,
  depthBlocks,
  planSequenceOracle,
  validateSequenceOracle,
} from "./sequence_oracle.ts";

const EVEN = { layerCount: 30, pattern: "even" } as const;

Deno.test("depthBlocks() spreads the paper's budgets over both ends", () => {
  assertEquals(depthBlocks(5, EVEN), [0, 7, 15, 22, 29]);
  assertEquals(depthBlocks(10, EVEN), [0, 3, 6, 10, 13, 16, 19, 23, 26, 29]);
  assertEquals(depthBlocks(1, EVEN), [29]);
  assertEquals(depthBlocks(30, EVEN).length, 30);
});

Deno.test("depthBlocks() of an exit are the lowest blocks", () => {
  assertEquals(depthBlocks(3, { layerCount: 30, pattern: "exit" }), [0, 1, 2]);
});

Deno.test("planSequenceOracle() runs each sequence at its own depth, others at theirs", () => {
  const options = { pattern: "exit", choices: [77, 2, 5, 4], blocks: 0 } as const;
  const at = (sequence: number, blocks = 0) =>
    planSequenceOracle({ sequence, model: modelOf(6) }, { ...options, blocks }).length;
  assertEquals([at(77), at(5), at(4), at(4, 3)], [2, 4, 6, 3]);
  assertEquals(chosenDepth(2, { layerCount: 6, options }), 6); // depths name no sequence
});

Deno.test("validateSequenceOracle() refuses half a pair and depths that are not there", () => {
  const check = (choices: readonly number[], blocks = 0) => () =>
    validateSequenceOracle(modelOf(6), { pattern: "even", choices, blocks });
  assertThrows(check([1, 2, 3]), RangeError, "expected pairs");
  assertThrows(check([1, 7]), RangeError, 'correct option "choices"');
  assertThrows(check([1, 0]), RangeError, 'correct option "choices"');
  assertThrows(check([], 7), RangeError, 'correct option "blocks"');
  check([9, 6], 6)();
});
