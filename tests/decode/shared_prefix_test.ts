import { assert, assertEquals } from "@std/assert";
import { wasmBackend } from "../../backends/wasm/mod.ts";
import type { DecoderSession, OptionInput, PolicyPlugin } from "../../harness/contract/mod.ts";
import { departureOf, prefixPlanOf, sharedPrefix } from "../../harness/decode/shared_prefix.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { layerList } from "../../policies/depth/layer_list.ts";
import { randomSkip } from "../../policies/depth/random_skip.ts";
import { bind, openToy, see } from "./_fixture.ts";

const TEXT = { prompt: [3, 1, 4, 1, 5], target: [9, 2, 6, 5, 3, 5, 8] };
const PLANS: readonly OptionInput[] = [
  ...[0, 1, 2, 3, 4, 5].map((block) => ({ skip: [block] })),
  ...[0, 1, 2, 3, 4].map((block) => ({ swap: [block] })),
  { repeat: [2] },
  { skipAttention: [3] },
  { skipMlp: [1] },
  { order: [4, 2, 0] },
  {},
  { skip: [1] },
];

async function assertEqualToOneByOne(session: DecoderSession): Promise<void> {
  const bounds = PLANS.map((input) => bind(session, layerList, { input }));
  const plans = bounds.map((bound) => prefixPlanOf(bound, TEXT)!);
  const shared = plans.map((): Float32Array[] => []);
  const slot = session.newSlot();
  await sharedPrefix(session, {
    slot,
    ...TEXT,
    plans,
    predicted: (plan, index, logits) => {
      assertEquals(index, shared[plan]!.length);
      shared[plan]!.push(Float32Array.from(logits));
    },
  });
  assertEquals(session.length(slot), 0);
  session.release(slot);
  for (const [i, bound] of bounds.entries()) {
    const alone = await see(session, bound, TEXT);
    assertEquals(shared[i], alone.logits, JSON.stringify(PLANS[i]));
    assertEquals(plans[i]!.program.blocksRun, alone.blocksRun[0]);
    assertEquals(plans[i]!.program.exitHeight, alone.heights[0]);
  }
  session.close();
}

Deno.test("sharedPrefix() predicts on cpu what each plan predicts alone, bit for bit", async () => {
  await assertEqualToOneByOne(await openToy());
});

Deno.test("sharedPrefix() predicts on wasm what each plan predicts alone, bit for bit", async () => {
  const { checkpoint } = syntheticModel({
    layerCount: 6,
    dModel: 24,
    heads: 4,
    kvHeads: 2,
    headDim: 6,
    ffnSize: 40,
    vocabSize: 53,
    context: 64,
    tiedHead: true,
    seed: 1,
  });
  await assertEqualToOneByOne(await wasmBackend.open(checkpoint, { slots: 2, context: 64 }));
});

Deno.test("departureOf() counts the leading blocks that run as in full depth", async () => {
  const session = await openToy();
  const departures = PLANS.map((input) =>
    departureOf(prefixPlanOf(bind(session, layerList, { input }), TEXT)!.program)
  );
  assertEquals(departures, [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 3, 3, 1, 0, 6, 1]);
  session.close();
});

Deno.test("prefixPlanOf() leaves out what decides token by token, keeps the prompt, or is long", async () => {
  const session = await openToy();
  const planOf = <O>(policy: PolicyPlugin<O>, input: OptionInput, text = TEXT) =>
    prefixPlanOf(bind(session, policy, { input }), text);
  assertEquals(planOf(randomSkip, { blocks: 4 }), undefined);
  assertEquals(planOf(layerList, { skip: [1], prompt: false }), undefined);
  const long = { prompt: TEXT.prompt, target: new Array<number>(600).fill(1) };
  assertEquals(planOf(layerList, { skip: [1] }, long), undefined);
  assert(planOf(layerList, { skip: [1] }) !== undefined);
  session.close();
});
