import { assert, assertEquals, assertRejects } from "@std/assert";
import { type DepthPolicy, InputError, type PolicyPlugin } from "../../harness/contract/mod.ts";
import { generate } from "../../harness/decode/generate.ts";
import { fixedExit } from "../../policies/depth/fixed_exit.ts";
import { fullDepth } from "../../policies/depth/full_depth.ts";
import { unifiedLayerSkipping } from "../../policies/depth/unified_layer_skipping.ts";
import { bind, decode, openToy } from "./_fixture.ts";
import { listPlan, sinking, stopAt } from "./_policies.ts";

const PROMPT = [3, 1, 4, 1, 5];

Deno.test("generate() runs the first token at full depth under every static policy", async () => {
  const session = await openToy();
  const full = await decode(session, bind(session, fullDepth), PROMPT);
  for (
    const [plugin, input] of [
      [fixedExit, { exit: 2 }],
      [unifiedLayerSkipping, { ratio: 2 }],
    ] as const
  ) {
    const other = await decode(session, bind(session, plugin as PolicyPlugin, { input }), PROMPT);
    assertEquals(other.tokens[0], full.tokens[0]);
    assertEquals(other.heights[0], 6);
    assert(other.blocksRun.slice(1).every((blocks) => blocks < 6));
  }
});

Deno.test("generate() lets a policy that acts on the prompt read out its first token low", async () => {
  const session = await openToy();
  const bound = bind(session, fixedExit, { input: { exit: 2, prompt: true } });
  assertEquals((await decode(session, bound, PROMPT)).heights[0], 2);
});

Deno.test("generate() ends at the limit, the context, an end token and a stopping policy", async () => {
  const session = await openToy({ context: 12 });
  const limited = await decode(session, bind(session, fullDepth, { maxTokens: 3 }), PROMPT);
  assertEquals([limited.tokens.length, limited.ended], [3, "limit"]);
  const filled = await decode(session, bind(session, fullDepth, { maxTokens: 99 }), PROMPT);
  assertEquals([filled.tokens.length, filled.ended], [8, "context"]);
  const stopped = await decode(session, bind(session, stopAt(4)), PROMPT);
  assertEquals([stopped.tokens.length, stopped.ended], [4, "policy"]);
  const slot = session.newSlot();
  const stream = generate(session, {
    bound: bind(session, fullDepth),
    slot,
    prompt: PROMPT,
    eos: [limited.tokens[1]!],
    seed: 0,
    item: 0,
  });
  assertEquals((await stream.next()).value, {
    token: limited.tokens[0]!,
    exitHeight: 6,
    blocksRun: 6,
  });
  assertEquals(await stream.next(), { done: true, value: "eos" });
  session.release(slot);
});

Deno.test("generate() refuses a prompt longer than the context and leaves the session usable", async () => {
  const session = await openToy({ context: 4 });
  await assertRejects(
    () => decode(session, bind(session, fullDepth), PROMPT),
    InputError,
    "expected at most 4",
  );
  assertEquals((await decode(session, bind(session, fullDepth), [1, 2])).tokens.length, 3);
});

Deno.test("generate() leaves the session usable when a policy throws in the middle of a step", async () => {
  const session = await openToy();
  const faulty: DepthPolicy = {
    ...(stopAt(0) as PolicyPlugin & { scope: "block" }),
    decide: (point) => {
      if (point.emitted === 3) throw new Error("no");
      return "run";
    },
  };
  await assertRejects(() => decode(session, bind(session, faulty), PROMPT), Error, "no");
  assertEquals((await decode(session, bind(session, fullDepth), PROMPT)).tokens.length, 16);
});

Deno.test("generate() threads a policy's state from token to token", async () => {
  const session = await openToy();
  const { heights } = await decode(session, bind(session, sinking, { maxTokens: 8 }), PROMPT);
  assertEquals(heights, [6, 5, 4, 3, 2, 1, 1, 1]);
});

Deno.test("a list of all blocks in order equals full depth; other orders do not", async () => {
  const session = await openToy();
  const full = await decode(session, bind(session, fullDepth), PROMPT);
  const inOrder = await decode(session, bind(session, listPlan([0, 1, 2, 3, 4, 5])), PROMPT);
  assertEquals(inOrder, full);
  for (const list of [[0, 1, 3, 2, 4, 5], [0, 1, 1, 2, 3, 4, 5], [0, 2, 3, 4, 5]]) {
    const other = await decode(session, bind(session, listPlan(list)), PROMPT);
    assert(other.tokens.join() !== full.tokens.join(), `blocks ${list} changed nothing`);
    assertEquals(other.blocksRun[1], list.length);
  }
});
