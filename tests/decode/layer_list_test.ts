import { assert, assertEquals } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import {
  type BlockRole,
  type Checkpoint,
  type DecoderSession,
  type OptionInput,
  SHARED_READOUT,
  type StoredTensor,
} from "../../harness/contract/mod.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { fixedExit } from "../../policies/depth/fixed_exit.ts";
import { fullDepth } from "../../policies/depth/full_depth.ts";
import { layerList } from "../../policies/depth/layer_list.ts";
import { bind, decode, openToy, see, type Seen } from "./_fixture.ts";

const PROMPT = [3, 1, 4, 1, 5, 9, 2];
const TARGET = [6, 5, 3, 5, 8, 9, 7, 9, 3, 2];
const TEXT = { prompt: PROMPT, target: TARGET };

const listSeen = (session: DecoderSession, input: OptionInput): Promise<Seen> =>
  see(session, bind(session, layerList, { input }), TEXT);

const fullSeen = (session: DecoderSession): Promise<Seen> =>
  see(session, bind(session, fullDepth), TEXT);

/** A session on a random model of five blocks, some tensors replaced. */
async function openEdited(
  edit: (plain: Checkpoint, l: number, role: BlockRole) => StoredTensor,
): Promise<DecoderSession> {
  const { checkpoint } = syntheticModel({
    layerCount: 5,
    dModel: 24,
    heads: 4,
    kvHeads: 2,
    headDim: 6,
    ffnSize: 40,
    vocabSize: 53,
    context: 64,
    tiedHead: true,
    seed: 11,
  });
  const edited = {
    ...checkpoint,
    blockTensor: (l: number, role: BlockRole) => edit(checkpoint, l, role),
  };
  return await cpuBackend.open(edited, { slots: 2, context: 64 });
}

Deno.test("layer_list of all blocks in order is full depth, bit for bit", async () => {
  const session = await openToy();
  const full = await fullSeen(session);
  for (const input of [{}, { order: [0, 1, 2, 3, 4, 5] }, { swap: [2, 2] }]) {
    assertEquals(await listSeen(session, input), full);
  }
  assertEquals(
    await decode(session, bind(session, layerList), PROMPT),
    await decode(session, bind(session, fullDepth), PROMPT),
  );
});

Deno.test("layer_list without the top blocks is an exit that acts on the prompt", async () => {
  const session = await openToy();
  const exit = bind(session, fixedExit, { input: { exit: 4, prompt: true } });
  assertEquals(await listSeen(session, { skip: [4, 5] }), await see(session, exit, TEXT));
});

Deno.test("layer_list without any block reads out the embedding", async () => {
  const session = await openToy();
  const { logits, heights, blocksRun } = await listSeen(session, { skip: [0, 1, 2, 3, 4, 5] });
  assertEquals([...new Set(heights), ...new Set(blocksRun)], [0, 0]);
  const inputs = [...PROMPT, ...TARGET].slice(PROMPT.length - 1, -1);
  const slot = session.newSlot();
  const step = session.begin(
    inputs.map((token, position) => ({ slot, position, token, phase: "decode" })),
  );
  const embedded = await step.readLogits(SHARED_READOUT);
  const { vocabSize } = session.model;
  logits.forEach((row, i) => assertEquals(row, embedded.slice(i * vocabSize, (i + 1) * vocabSize)));
  step.commit([]);
  session.release(slot);
});

Deno.test("layer_list without a block that adds nothing changes nothing", async () => {
  const session = await openEdited((plain, l, role) => {
    const tensor = plain.blockTensor(l, role);
    return l === 2 && (role === "attentionOutput" || role === "down")
      ? { ...tensor, read: () => Promise.resolve(new Uint8Array(tensor.byteLength)) }
      : tensor;
  });
  const full = await fullSeen(session);
  const deleted = await listSeen(session, { skip: [2] });
  assertEquals(deleted.logits, full.logits);
  assertEquals(deleted.blocksRun, full.blocksRun.map(() => 4));
  assert((await listSeen(session, { skip: [3] })).logits.join() !== full.logits.join());
});

Deno.test("layer_list of two equal blocks swapped changes nothing", async () => {
  const session = await openEdited((plain, l, role) => plain.blockTensor(l === 2 ? 1 : l, role));
  const full = await fullSeen(session);
  assertEquals(await listSeen(session, { swap: [1] }), full);
  assert((await listSeen(session, { swap: [2] })).logits.join() !== full.logits.join());
});

Deno.test("layer_list gives a text what it gives token by token, in any order", async () => {
  const session = await openToy();
  for (
    const input of [
      { skip: [2] },
      { swap: [0, 3] },
      { repeat: [1, 4] },
      { order: [5, 0, 3, 3, 1] },
      { skipAttention: [1, 5], skipMlp: [2] },
    ]
  ) {
    for (const prompt of [true, false]) {
      const bound = bind(session, layerList, { input: { ...input, prompt } });
      const batch = await see(session, bound, TEXT);
      assertEquals(await see(session, bound, { ...TEXT, inOrder: true }), batch);
      const free = await decode(session, bound, PROMPT);
      const seen = await see(session, bound, { prompt: PROMPT, target: free.tokens });
      assertEquals(seen.tokens, free.tokens);
    }
  }
});

Deno.test("layer_list runs as many blocks as the list has, parts by halves", async () => {
  const session = await openToy();
  const blocks = async (input: OptionInput) => new Set((await listSeen(session, input)).blocksRun);
  assertEquals(await blocks({ skip: [3] }), new Set([5]));
  assertEquals(await blocks({ swap: [3] }), new Set([6]));
  assertEquals(await blocks({ repeat: [3] }), new Set([7]));
  assertEquals(await blocks({ skipMlp: [3], skipAttention: [1, 2] }), new Set([4.5]));
});
