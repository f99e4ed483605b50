/** How often the device is asked, and what is sent to it, for each kind of policy. */
import { assert, assertEquals } from "@std/assert";
import type { Counts } from "../../backends/webgpu/commands.ts";
import { openWebgpuEngine } from "../../backends/webgpu/session.ts";
import { type OptionInput, type PolicyPlugin, SHARED_READOUT } from "../../harness/contract/mod.ts";
import { MeteredSession } from "../../harness/decode/metered_session.ts";
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
async function countsOf(
  policy: object,
  input: OptionInput,
  { waiting = false }: { readonly waiting?: boolean } = {},
): Promise<readonly Counts[]> {
  const opened = await open();
  const { engine } = opened;
  // The counting view passes no rules on to the device.
  const session = waiting ? new MeteredSession(opened.session) : opened.session;
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

for (const threshold of [0.2, 0.9, 1]) {
  gpuTest(`calm(threshold=${threshold}) lets the device decide: one wait per token`, async () => {
    for (const { submissions, waits, uploadedBytes } of await countsOf(calm, { threshold })) {
      assertEquals([submissions, waits], [1, 1]);
      assert(uploadedBytes < 1024, `${uploadedBytes} bytes were uploaded`);
    }
  });
}

gpuTest("calm without rules on the device waits at each height that it is asked at", async () => {
  const steps = await countsOf(calm, { threshold: 0.99 }, { waiting: true });
  for (const { submissions, waits, uploadedBytes } of steps) {
    assert(waits >= 2 && waits <= 6, `it waited ${waits} times`); // heights 1 to 5, the token
    assertEquals(submissions, waits);
    assert(uploadedBytes < 2048, `${uploadedBytes} bytes were uploaded`);
  }
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
