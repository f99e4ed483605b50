import { assert, assertEquals, assertThrows } from "@std/assert";
import { pointOf } from "../../harness/conformance/policy_samples.ts";
import { parseOptions, ruleHeights, ruleHolds } from "../../harness/contract/mod.ts";
import { runNetwork } from "../../harness/signals/mod.ts";
import { dLlm, type DLlmOptions, dLlmRule, validateDLlm } from "./d_llm.ts";

function options(given: Partial<DLlmOptions> = {}): DLlmOptions {
  const owner = { kind: "policy", name: "d_llm" };
  return { ...parseOptions(owner, { schema: dLlm.options, input: {} }), ...given };
}

/** Whether a block runs, given the two logits of its module. */
function runs(
  logits: readonly number[],
  { position = 9, height = 2, ...given }: Partial<DLlmOptions> & {
    readonly position?: number;
    readonly height?: number;
  } = {},
): boolean {
  const [, execute] = runNetwork(
    [{ kind: "activation", activation: "softmax" }],
    Float32Array.from(logits),
  );
  const point = { ...pointOf(12), position };
  const rule = dLlmRule(point.model, options(given));
  return !ruleHolds(rule, { height, signals: { execute: execute! }, point });
}

Deno.test("d_llm executes at one half and above: the worked example", () => {
  assert(runs([0.1, 2])); // 0.8699
  assert(runs([1, 1])); // a tie executes
  assert(!runs([1, 0.9]));
});

Deno.test("d_llm always runs the first blocks and the reserved positions", () => {
  assertEquals(ruleHeights(dLlmRule(pointOf(5).model, options())), [2, 3, 4]);
  assertEquals(ruleHeights(dLlmRule(pointOf(3).model, options({ startLayer: 0 }))), [0, 1, 2]);
  assert(runs([9, 0], { height: 1 }));
  for (const position of [0, 1]) assert(runs([9, 0], { position }));
  assert(!runs([9, 0], { position: 2 }));
  assert(!runs([9, 0], { position: 0, reserve: 0 }));
});

Deno.test("d_llm at threshold 0 runs every block, and so does a NaN", () => {
  assert(runs([1000, -1000], { threshold: 0 }));
  assert(runs([1000, -1000], { threshold: 0, reserve: 0 }));
  assert(runs([NaN, NaN]));
  assert(!runs([0, 5], { threshold: 1 }));
});

Deno.test("d_llm leaves holes, acts on prompts, and reads a module for each block", () => {
  assertEquals(dLlm.defaultFill(options()), "hole");
  assertEquals(dLlm.actsOnPrompt?.(options()), true);
  assertEquals(dLlm.actsOnPrompt?.(options({ prompt: false })), false);
  assertEquals(dLlm.signals(options()), [
    { name: "execute", kind: "probe", probe: "d_llm", output: 1, perHeight: true },
  ]);
});

Deno.test("validateDLlm() refuses a start above the last block", () => {
  validateDLlm(pointOf(3).model, options());
  assertThrows(() => validateDLlm(pointOf(2).model, options()), RangeError, "at most 1");
});
