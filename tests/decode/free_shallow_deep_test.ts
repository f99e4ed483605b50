import { assert, assertEquals } from "@std/assert";
import type { DepthPolicy, PolicyEvent, PolicyPlugin } from "../../harness/contract/mod.ts";
import { forcedDecoding } from "../../harness/decode/forced.ts";
import { MeteredSession } from "../../harness/decode/metered_session.ts";
import { freeShallowDeep } from "../../policies/depth/free_shallow_deep.ts";
import { fullDepth } from "../../policies/depth/full_depth.ts";
import { bind, decode, openToy, see } from "./_fixture.ts";

const PROMPT = [3, 1, 4, 1, 5];
const INPUT = { exit: 2, threshold: 0.2, minSamples: 3 };
const FILLS = ["recompute", "project", "hole"] as const;

/** FREE that notes the events that it is told. */
function listening(): { readonly plugin: PolicyPlugin; readonly events: PolicyEvent[] } {
  const events: PolicyEvent[] = [];
  const state = freeShallowDeep.state!;
  const plugin: DepthPolicy = {
    ...(freeShallowDeep as PolicyPlugin & { scope: "block" }),
    state: {
      ...(state as NonNullable<(PolicyPlugin & { scope: "block" })["state"]>),
      reduce: (now, event, options) => {
        events.push(event);
        return state.reduce(now as never, event, options as never);
      },
    },
  };
  return { plugin, events };
}

Deno.test("free_shallow_deep at threshold 1 is full depth", async () => {
  const session = await openToy();
  const full = await decode(session, bind(session, fullDepth), PROMPT);
  for (const fill of FILLS) {
    const bound = bind(session, freeShallowDeep, { input: { ...INPUT, threshold: 1 }, fill });
    assertEquals(await decode(session, bound, PROMPT), full);
  }
});

Deno.test("free_shallow_deep leaves at its exit or not at all", async () => {
  const session = await openToy();
  for (const fill of FILLS) {
    const bound = bind(session, freeShallowDeep, { input: INPUT, fill, maxTokens: 50 });
    const { heights } = await decode(session, bound, PROMPT);
    assertEquals(heights[0], 6);
    assertEquals(new Set(heights), new Set([2, 6]));
  }
});

Deno.test("free_shallow_deep meets its exits again in its own text", async () => {
  const session = await openToy();
  for (const fill of FILLS) {
    const bound = bind(session, freeShallowDeep, { input: INPUT, fill, maxTokens: 50 });
    const free = await decode(session, bound, PROMPT);
    const seen = await see(session, bound, { prompt: PROMPT, target: free.tokens });
    assertEquals(seen.heights, free.heights);
    assertEquals(seen.tokens, free.tokens);
  }
});

Deno.test("free_shallow_deep reads deep tokens from exact entries under recompute", async () => {
  const session = await openToy();
  const bound = bind(session, freeShallowDeep, { input: INPUT, maxTokens: 50 });
  const { tokens, heights } = await decode(session, bound, PROMPT);
  const full = await see(session, bind(session, fullDepth), { prompt: PROMPT, target: tokens });
  heights.forEach((height, i) => {
    if (height === 6) assertEquals(tokens[i], full.tokens[i]);
  });
});

Deno.test("free_shallow_deep is told full depth's readout of every position that it left", async () => {
  const session = await openToy();
  const { plugin, events } = listening();
  const bound = bind(session, plugin, { input: INPUT, maxTokens: 50 });
  const { tokens, heights } = await decode(session, bound, PROMPT);
  const full = await see(session, bind(session, fullDepth), { prompt: PROMPT, target: tokens });
  const recomputed = events.filter((event) => event.kind === "recomputed");
  // All exits up to the last deep token, in order.
  const exits = heights.flatMap((height, i) => height === 2 ? [i] : []);
  const done = exits.filter((i) => i < heights.lastIndexOf(6));
  assert(done.length > 5);
  assertEquals(recomputed.map(({ predicted }) => predicted), done.map((i) => full.tokens[i]));
  assertEquals(
    recomputed.map(({ signals }) => signals["token"]),
    done.map((i) => tokens[i]),
  );
  assert(recomputed.some(({ predicted, signals }) => predicted !== signals["token"]));
});

Deno.test("free_shallow_deep is told the same in a timed decoding of its own text", async () => {
  const session = await openToy();
  const free = listening();
  const tokens = (await decode(
    session,
    bind(session, free.plugin, { input: INPUT, maxTokens: 40 }),
    PROMPT,
  )).tokens;
  const forced = listening();
  const slot = session.newSlot();
  const rows = PROMPT.map((token, position) => ({
    slot,
    position,
    token,
    phase: "prompt" as const,
  }));
  const step = session.begin(rows);
  step.run({ from: 0, to: 6 }, "block");
  step.commit();
  await forcedDecoding(session, {
    bound: bind(session, forced.plugin, { input: INPUT, maxTokens: 40 }),
    slot,
    tokens: tokens.slice(0, -1),
    seed: 3,
    item: 5,
  }).run();
  session.release(slot);
  const [, ...told] = free.events; // the first token came of the prompt
  const last = { ...told.at(-1), token: -1 }; // the timed text ends before it
  assertEquals(forced.events, [...told.slice(0, -1), last] as PolicyEvent[]);
});

Deno.test("free_shallow_deep runs one deep batch per token that does not exit", async () => {
  const metered = new MeteredSession(await openToy());
  const run = async (adaptive: boolean) => {
    const bound = bind(metered, freeShallowDeep, {
      input: { ...INPUT, adaptive },
      maxTokens: 30,
    });
    metered.ledger.reset();
    const { heights } = await decode(metered, bound, PROMPT);
    return { heights: heights.slice(1), ledger: metered.ledger.total() };
  };
  const block = 2 * 24 * 24 + 2 * 24 * 12 + 3 * 24 * 40;
  const head = 53 * 24;
  for (const adaptive of [false, true]) {
    const { heights, ledger } = await run(adaptive);
    const deep = heights.filter((height) => height === 6).length;
    const blocks = 6 + 2 * heights.length + 4 * deep; // the prompt, the shallow part, the batches
    const heads = 1 + heights.length + deep; // the prompt's, one check per token, one per batch
    assertEquals(ledger.weightElements, blocks * block + heads * head);
    const exited = heights.slice(0, heights.lastIndexOf(6)).filter((h) => h === 2).length;
    assertEquals(ledger.readouts, heads + (adaptive ? exited : 0));
    assert(deep > 2 && exited > 2);
  }
});

Deno.test("free_shallow_deep leaves elsewhere once it has learned", async () => {
  const session = await openToy();
  const run = (input: object) =>
    decode(
      session,
      bind(session, freeShallowDeep, { input: { ...INPUT, ...input }, maxTokens: 50 }),
      PROMPT,
    );
  const fixed = await run({ adaptive: false });
  const learned = await run({ zeta: 0.4 });
  const first = learned.heights.findIndex((height, i) => height !== fixed.heights[i]);
  assert(first > 6, "three tokens of each kind must be known first");
  // With zeta 1 no token exits once both kinds are known.
  const closed = await run({ zeta: 1 });
  assertEquals(new Set(closed.heights.slice(-20)), new Set([6]));
});
