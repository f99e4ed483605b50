import { assert, assertEquals, assertThrows } from "@std/assert";
import type { DecoderSession, KvFill, PolicyPlugin } from "../../harness/contract/mod.ts";
import { SHARED_READOUT, UnsupportedError } from "../../harness/contract/mod.ts";
import type { BoundDepth } from "../../harness/decode/bound_policy.ts";
import { Ascent } from "../../harness/decode/ascent.ts";
import { forcedDecoding } from "../../harness/decode/forced.ts";
import { batchRefusal, forcedRows } from "../../harness/decode/forced_rows.ts";
import { prefill } from "../../harness/decode/prefill.ts";
import { createRandom } from "../../harness/numerics/random.ts";
import { calm } from "../../policies/depth/calm.ts";
import { fullDepth } from "../../policies/depth/full_depth.ts";
import { unifiedLayerSkipping } from "../../policies/depth/unified_layer_skipping.ts";
import { bind, openToy } from "./_fixture.ts";
import { marginExit, randomActions } from "./_policies.ts";

const KEYS = { seed: 3, item: 5 };
const text = (seed: number, length: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length }, () => random.int(53));
};
const PROMPTS = [text(1, 7), text(2, 7), text(3, 7)];
const TOKENS = [text(4, 12), text(5, 12), text(6, 12)];

async function promptSlot(
  session: DecoderSession,
  bound: BoundDepth,
  tokens: readonly number[],
): Promise<number> {
  const slot = session.newSlot();
  await prefill(session, new Ascent(bound, KEYS), {
    slot,
    tokens,
    decided: bound.actsOnPrompt,
    oneByOne: false,
  });
  return slot;
}

/** What a slot's cache holds, seen through one more full-depth token. */
async function nextLogits(session: DecoderSession, slot: number): Promise<Float32Array> {
  const position = session.length(slot);
  const step = session.begin([{ slot, position, token: 1, phase: "decode" }]);
  step.run({ from: 0, to: session.model.layerCount }, "block");
  const logits = Float32Array.from(await step.readLogits(SHARED_READOUT));
  step.commit();
  return logits;
}

const CASES: readonly (readonly [string, PolicyPlugin, KvFill])[] = [
  ["full depth", fullDepth as PolicyPlugin, "none"],
  ["unified layer skipping", unifiedLayerSkipping as PolicyPlugin, "project"],
  ["margin exits", marginExit(0.2), "project"],
  ["margin exits, holes", marginExit(0.2), "hole"],
  ["random parts", randomActions(["run", "attention", "mlp", "skip"]), "project"],
];

for (const [name, plugin, fill] of CASES) {
  Deno.test(`forcedRows() of three sequences equals one after the other: ${name}`, async () => {
    const together = await openToy(), apart = await openToy();
    const bound = bind(together, plugin, { fill });
    const slots = [];
    for (const prompt of PROMPTS) slots.push(await promptSlot(together, bound, prompt));
    const laps: number[] = [];
    const blocks = await forcedRows(together, { ...KEYS, bound, slots, tokens: TOKENS })
      .run((step) => laps.push(step));
    assertEquals(laps, Array.from({ length: 12 }, (_, i) => i));

    let apartBlocks = 0;
    for (const [i, prompt] of PROMPTS.entries()) {
      const slot = await promptSlot(apart, bound, prompt);
      apartBlocks += await forcedDecoding(apart, { ...KEYS, bound, slot, tokens: TOKENS[i]! })
        .run();
      assertEquals(await nextLogits(together, slots[i]!), await nextLogits(apart, slot));
      apart.release(slot);
    }
    assertEquals(blocks, apartBlocks);
  });
}

Deno.test("forcedRows() runs prompt rows at full depth unless the policy acts on them", async () => {
  const session = await openToy();
  const bound = bind(session, unifiedLayerSkipping as PolicyPlugin, { input: { ratio: 2 } });
  const slots = [session.newSlot(), session.newSlot()];
  const tokens = [[1], [2]];
  const prompt = await forcedRows(session, { ...KEYS, bound, slots, tokens, phase: "prompt" })
    .run();
  assertEquals(prompt, 2 * 6);
  const decode = await forcedRows(session, { ...KEYS, bound, slots, tokens }).run();
  assert(decode < 2 * 6, `${decode} blocks`);
});

Deno.test("forcedRows() refuses policies that cannot share steps, and says why", async () => {
  const session = await openToy();
  const waiting = bind(session, calm as PolicyPlugin, { fill: "recompute" });
  assertThrows(
    () => forcedRows(session, { ...KEYS, bound: waiting, slots: [0, 1], tokens: [[1], [2]] }),
    UnsupportedError,
    'Cannot move several sequences in one step under policy "calm"',
  );
  assertEquals(batchRefusal(bind(session, fullDepth as PolicyPlugin)), undefined);
});
