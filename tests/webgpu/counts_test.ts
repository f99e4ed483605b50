/** How often the device is asked, and what is sent to it, for each kind of policy. */
import { assert, assertEquals } from "@std/assert";
import type { Counts } from "../../backends/webgpu/commands.ts";
import { openWebgpuEngine } from "../../backends/webgpu/session.ts";
import { type OptionInput, type PolicyPlugin, SHARED_READOUT } from "../../harness/contract/mod.ts";
import { generate } from "../../harness/decode/generate.ts";
import { SteppedSession } from "../../harness/stepping/mod.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { calm } from "../../policies/depth/calm.ts";
import { fixedExit } from "../../policies/depth/fixed_exit.ts";
import { fullDepth } from "../../policies/depth/full_depth.ts";
import { layerList } from "../../policies/depth/layer_list.ts";
import { skipDecode } from "../../policies/depth/skip_decode.ts";
import { unifiedLayerSkipping } from "../../policies/depth/unified_layer_skipping.ts";
import { bind } from "../decode/_fixture.ts";
import { gpuTest } from "./adapter.ts";

const PROMPT = [3, 1, 4, 1, 5];
const OPTIONS = { slots: 1, context: 64 };
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

async function open() {
  const { engine, backend } = await openWebgpuEngine(checkpoint, OPTIONS);
  const session = new SteppedSession({ engine, backend, info: checkpoint.info }, OPTIONS);
  return { engine, session };
}

/** What each decode step of a policy adds to the counts. */
async function countsOf(policy: object, input: OptionInput): Promise<readonly Counts[]> {
  const { engine, session } = await open();
  const bound = bind(session, policy as PolicyPlugin, { input, maxTokens: 8 });
  const slot = session.newSlot();
  const steps: Counts[] = [];
  let before = { ...engine.counts };
  const stream = generate(session, { bound, slot, prompt: PROMPT, eos: [], seed: 3, item: 5 });
  for await (const _ of stream) {
    const now = { ...engine.counts };
    steps.push({
      submissions: now.submissions - before.submissions,
      waits: now.waits - before.waits,
      uploadedBytes: now.uploadedBytes - before.uploadedBytes,
      dispatches: now.dispatches - before.dispatches,
    });
    before = now;
  }
  session.close();
  return steps.slice(1); // the first holds the prompt
}

const STATIC: readonly (readonly [object, OptionInput])[] = [
  [fullDepth, {}],
  [fixedExit, { exit: 4 }],
  [layerList, { skip: [2], swap: [3], skipMlp: [4], repeat: [1] }],
  [unifiedLayerSkipping, { ratio: 2 }],
  [skipDecode, { scheduleLength: 6, maxActive: 5, minActive: 2 }],
];

for (const [policy, input] of STATIC) {
  const name = (policy as PolicyPlugin).name;
  gpuTest(`${name}, a static plan, makes a token with one submission and one wait`, async () => {
    const steps = await countsOf(policy, input);
    assertEquals(steps.length, 7);
    for (const { submissions, waits, uploadedBytes } of steps) {
      assertEquals([submissions, waits], [1, 1]);
      assert(uploadedBytes < 1024, `${uploadedBytes} bytes were uploaded`);
    }
  });
}

gpuTest("calm waits once at each height that it is asked at, and once for the token", async () => {
  for (const { submissions, waits, uploadedBytes } of await countsOf(calm, { threshold: 1 })) {
    // With a threshold at the bound nothing exits: heights 1 to 5, then the token.
    assert(waits >= 1 && waits <= 6, `it waited ${waits} times`);
    assertEquals(submissions, waits);
    assert(uploadedBytes < 1024, `${uploadedBytes} bytes were uploaded`);
  }
  const acting = await countsOf(calm, { threshold: 0.2 });
  assert(acting.some(({ waits }) => waits > 1), "calm never waited for a signal");
});

gpuTest("tokens picked on the device feed the next steps without a wait", async () => {
  const { engine, session } = await open();
  const span = { from: 0, to: checkpoint.info.layerCount };
  const expected = await plainTokens(session, 6);
  const slot = session.newSlot();
  let step = session.begin(
    PROMPT.map((token, position) => ({ slot, position, token, phase: "prompt" })),
  );
  step.run(span, "block");
  let token = step.pick(SHARED_READOUT, PROMPT.length - 1);
  step.commit();
  const before = { ...engine.counts };
  for (let made = 1; made < 6; made++) {
    step = session.begin([{ slot, position: session.length(slot), token, phase: "decode" }]);
    step.run(span, "block");
    if (made === 5) break;
    token = step.pick(SHARED_READOUT, 0);
    step.commit();
  }
  assertEquals(engine.counts.waits, before.waits);
  assertEquals((await step.readToken(SHARED_READOUT)).tokens[0], expected[5]);
  assertEquals(engine.counts.waits, before.waits + 1);
  assertEquals(engine.counts.submissions, before.submissions + 1);
  session.close();
});

async function plainTokens(session: SteppedSession, count: number): Promise<number[]> {
  const bound = bind(session, fullDepth, { maxTokens: count });
  const slot = session.newSlot();
  const request = { bound, slot, prompt: PROMPT, eos: [], seed: 3, item: 5 };
  const made = await Array.fromAsync(generate(session, request));
  session.release(slot);
  return made.map(({ token }) => token);
}
