import { assertEquals, assertThrows } from "@std/assert";
import { pointOf } from "../../harness/conformance/policy_samples.ts";
import { parseOptions } from "../../harness/contract/mod.ts";
import { fixedExit, planFixedExit, validateFixedExit } from "./fixed_exit.ts";

const owner = { kind: "policy", name: "fixed_exit" };

Deno.test("planFixedExit() runs the blocks below the exit height", () => {
  const blocks = (exit: number) =>
    planFixedExit(pointOf(12), { exit, prompt: false }).map((visit) => visit.block);
  assertEquals(blocks(1), [0]);
  assertEquals(blocks(4), [0, 1, 2, 3]);
  assertEquals(blocks(12), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

Deno.test("validateFixedExit() refuses a height that the model lacks", () => {
  const { model } = pointOf(12);
  validateFixedExit(model, { exit: 12, prompt: false });
  assertThrows(
    () => validateFixedExit(model, { exit: 13, prompt: false }),
    RangeError,
    "Cannot exit at height 13: expected a height from 1 to 12",
  );
});

Deno.test("fixedExit acts on the prompt only when asked to", () => {
  const read = (input: Record<string, number | boolean>) =>
    parseOptions(owner, { schema: fixedExit.options, input });
  assertEquals(fixedExit.actsOnPrompt?.(read({ exit: 3 })), false);
  assertEquals(fixedExit.actsOnPrompt?.(read({ exit: 3, prompt: true })), true);
  assertThrows(() => read({}), RangeError, 'option "exit" of policy "fixed_exit"');
  assertThrows(() => read({ exit: 0 }), RangeError, "must be a whole number >= 1");
  assertThrows(() => read({ exit: 2.5 }), RangeError, "must be a whole number >= 1");
});
