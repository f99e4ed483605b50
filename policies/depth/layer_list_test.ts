import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { pointOf } from "../../harness/conformance/policy_samples.ts";
import { type OptionInput, parseOptions } from "../../harness/contract/mod.ts";
import { layerList, planLayerList, validateLayerList } from "./layer_list.ts";

const owner = { kind: "policy", name: "layer_list" };
const read = (input: OptionInput) => parseOptions(owner, { schema: layerList.options, input });

/** The plan in short: `3` is block 3, `3a` its attention, `3m` its MLP. */
function planText(layerCount: number, input: OptionInput): string {
  const options = read(input);
  validateLayerList(pointOf(layerCount).model, options);
  return planLayerList(pointOf(layerCount), options)
    .map(({ block, part }) => `${block}${part === "block" ? "" : part[0]}`).join(" ");
}

Deno.test("planLayerList() runs all blocks when nothing is edited", () => {
  assertEquals(planText(4, {}), "0 1 2 3");
  assertEquals(planText(4, { order: [0, 1, 2, 3] }), "0 1 2 3");
});

Deno.test("planLayerList() deletes, swaps and reorders blocks", () => {
  assertEquals(planText(4, { skip: [1] }), "0 2 3");
  assertEquals(planText(4, { skip: [0, 1, 2, 3] }), "");
  assertEquals(planText(4, { swap: [1] }), "0 2 1 3");
  assertEquals(planText(4, { order: [3, 0, 0] }), "3 0 0");
});

Deno.test("planLayerList() takes parts and repeats along with a swapped entry", () => {
  assertEquals(planText(4, { skipAttention: [1], skipMlp: [2] }), "0 1m 2a 3");
  assertEquals(planText(4, { skipAttention: [1], skipMlp: [1] }), "0 2 3");
  assertEquals(planText(4, { repeat: [1], swap: [1] }), "0 2 1 1 3");
  assertEquals(planText(4, { skipMlp: [1], repeat: [1] }), "0 1a 1a 2 3");
  assertEquals(planText(4, { skip: [0], swap: [0] }), "1 2 3");
});

Deno.test("planLayerList() edits entries of an order, not blocks", () => {
  assertEquals(planText(4, { order: [2, 2, 0], skipMlp: [1] }), "2 2a 0");
  assertEquals(planText(4, { order: [2, 2, 0], swap: [1] }), "2 0 2");
});

Deno.test("planLayerList() swaps one after the other: twice is nothing, in a row is a carry", () => {
  assertEquals(planText(5, { swap: [1, 1] }), "0 1 2 3 4");
  assertEquals(planText(5, { swap: [1, 2, 3] }), "0 2 3 4 1");
});

Deno.test("planLayerList() undoes any swaps by the same swaps backwards", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 30 }),
      fc.array(fc.nat()),
      (layerCount, numbers) => {
        const swaps = numbers.map((n) => n % (layerCount - 1));
        const swap = [...swaps, ...swaps.toReversed()];
        assertEquals(planText(layerCount, { swap }), planText(layerCount, {}));
      },
    ),
    { seed: 7 },
  );
});

Deno.test("validateLayerList() refuses what is not there", () => {
  const refused: readonly (readonly [OptionInput, string])[] = [
    [{ order: [4] }, 'option "order" holds 4: expected blocks 0 to 3'],
    [{ skip: [4] }, 'option "skip" holds 4: expected entries 0 to 3'],
    [{ order: [0, 1], skipMlp: [2] }, 'option "skipMlp" holds 2: expected entries 0 to 1'],
    [{ swap: [3] }, 'option "swap" holds 3: expected places below 3'],
  ];
  for (const [input, message] of refused) {
    assertThrows(() => planText(4, input), RangeError, message);
  }
});

Deno.test("layerList owes no entries and acts on the prompt unless told otherwise", () => {
  assertEquals(layerList.defaultFill(read({})), "none");
  assertEquals(layerList.actsOnPrompt?.(read({})), true);
  assertEquals(layerList.actsOnPrompt?.(read({ prompt: false })), false);
});
