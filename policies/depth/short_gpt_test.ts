import { assertEquals, assertThrows } from "@std/assert";
import { conformPolicy } from "../../harness/conformance/policy.ts";
import { pointOf } from "../../harness/conformance/policy_samples.ts";
import { type OptionInput, parseOptions, type Phase } from "../../harness/contract/mod.ts";
import {
  addInfluence,
  blockInfluence,
  noInfluence,
} from "../../harness/signals/block_influence.ts";
import { planShortGpt, shortGpt, type ShortGptOptions, validateShortGpt } from "./short_gpt.ts";

const read = (input: OptionInput): ShortGptOptions =>
  parseOptions({ kind: "policy", name: "short_gpt" }, { schema: shortGpt.options, input });

function blocks(input: OptionInput, phase: Phase = "decode"): number[] {
  const options = read(input);
  const point = { ...pointOf(options.influence.length), phase };
  validateShortGpt(point.model, options);
  return planShortGpt(point, options).map(({ block }) => block);
}

const bare = { protectFirst: 0, protectLast: 0 };

Deno.test("planShortGpt() removes the block of least influence of the card's states", () => {
  const f32 = (...values: number[]) => Float32Array.from(values);
  const states = [f32(1, 0, 0, 2), f32(1, 1, 0, 3), f32(2, 2, 1, 3)];
  const sums = addInfluence(noInfluence(2), { states, dModel: 2 });
  assertEquals(blocks({ ...bare, influence: blockInfluence(sums), remove: 1 }), [0]);
});

Deno.test("planShortGpt() removes ties from the lower block up and keeps the ends", () => {
  const influence = [0, 0.3, 0.1, 0.2, 0.1, 0];
  assertEquals(blocks({ influence, remove: 0 }), [0, 1, 2, 3, 4, 5]);
  assertEquals(blocks({ influence, remove: 1 }), [0, 1, 3, 4, 5]);
  assertEquals(blocks({ influence, remove: 2 }), [0, 1, 3, 5]);
  assertEquals(blocks({ influence, remove: 4 }), [0, 5]);
  assertEquals(blocks({ ...bare, influence, remove: 2 }), [1, 2, 3, 4]);
});

Deno.test("planShortGpt() removes from the prompt alone in the mode gen", () => {
  const input = { influence: [1, 0, 1], remove: 1, mode: "gen" };
  assertEquals(blocks(input, "prompt"), [0, 2]);
  assertEquals(blocks(input, "decode"), [0, 1, 2]);
  assertEquals(shortGpt.defaultFill(read(input)), "project");
  assertEquals(shortGpt.defaultFill(read({ ...input, mode: "delete" })), "none");
});

Deno.test("validateShortGpt() refuses influences and removals that do not fit", () => {
  const { model } = pointOf(6);
  assertThrows(
    () => validateShortGpt(model, read({ influence: [1, 2], remove: 1 })),
    RangeError,
    'expected 6 influences, one per block of model "sample-6": option "influence" has 2',
  );
  assertThrows(
    () => blocks({ influence: [0, 1, 2, 3, 4, 5], remove: 5 }),
    RangeError,
    "expected at most 4, the unprotected ones",
  );
});

Deno.test("conformPolicy() accepts short_gpt with influences of a deep model", async () => {
  const influence = Array.from({ length: 30 }, (_, l) => (l * 7 % 30) / 30);
  const findings = await conformPolicy(shortGpt, { options: { influence, remove: 9 } });
  assertEquals(findings.filter(({ ok }) => !ok), []);
});
