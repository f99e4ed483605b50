import { assert, assertEquals, assertRejects } from "@std/assert";
import { SHARED_READOUT } from "../../harness/contract/mod.ts";
import { Ascent } from "../../harness/decode/ascent.ts";
import { climber } from "../../harness/decode/climber.ts";
import { MeteredSession } from "../../harness/decode/metered_session.ts";
import { prefill } from "../../harness/decode/prefill.ts";
import { fullDepth } from "../../policies/depth/full_depth.ts";
import { skipDecode } from "../../policies/depth/skip_decode.ts";
import { bind, decode, openToy, see } from "./_fixture.ts";

const PROMPT = [3, 1, 4, 1, 5];
const INPUT = { scheduleLength: 6, maxActive: 5, minActive: 2 };

Deno.test("skip_decode at a budget of all blocks is full depth", async () => {
  const session = await openToy();
  const input = { scheduleLength: 6, maxActive: 6, minActive: 6 };
  assertEquals(
    await decode(session, bind(session, skipDecode, { input }), PROMPT),
    await decode(session, bind(session, fullDepth), PROMPT),
  );
});

Deno.test("skip_decode makes its first token at full depth and then sinks, without a fill", async () => {
  const session = await openToy();
  for (const keep of ["top", "bottom"]) {
    const bound = bind(session, skipDecode, { input: { ...INPUT, keep } });
    assertEquals(bound.fill, "none");
    const { blocksRun, tokens } = await decode(session, bound, PROMPT);
    assertEquals(blocksRun, [6, 5, 5, 4, 4, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
    const full = await decode(session, bind(session, fullDepth), PROMPT);
    assertEquals(tokens[0], full.tokens[0]);
    assert(tokens.join() !== full.tokens.join());
  }
});

Deno.test("skip_decode writes one entry per block that ran and owes no other", async () => {
  const session = await openToy();
  const metered = new MeteredSession(session);
  const bound = bind(session, skipDecode, { input: INPUT });
  const { blocksRun } = await decode(metered, bound, PROMPT);
  const ran = PROMPT.length * 6 + blocksRun.slice(1).reduce((sum, blocks) => sum + blocks);
  const { kvWritten, fills } = metered.ledger.total();
  assertEquals(kvWritten, ran * 2 * 12);
  assertEquals([fills.project, fills.hole, fills.copy], [0, 0, 0]);
});

Deno.test("skip_decode gives a text what it gives token by token", async () => {
  const session = await openToy();
  for (const input of [INPUT, { ...INPUT, prompt: true }, { ...INPUT, keep: "bottom" }]) {
    const bound = bind(session, skipDecode, { input });
    const free = await decode(session, bound, PROMPT);
    const text = { prompt: PROMPT, target: free.tokens };
    const batch = await see(session, bound, text);
    assertEquals(await see(session, bound, { ...text, inOrder: true }), batch);
    assertEquals(batch.tokens, free.tokens);
    assertEquals(batch.blocksRun, free.blocksRun);
  }
});

Deno.test("skip_decode gives a batch of four sequences what it gives each alone", async () => {
  const session = await openToy();
  const bound = bind(session, skipDecode, { input: INPUT, maxTokens: 9 });
  const prompts = [[3, 1, 4], [1, 5, 9, 2, 6], [5], [3, 5, 8, 9]];
  const alone = [];
  for (const prompt of prompts) alone.push((await decode(session, bound, prompt)).tokens);
  const keys = { seed: 3, item: 5 };
  const ascent = new Ascent(bound, keys);
  const slots = prompts.map(() => session.newSlot());
  const emitted: number[][] = [];
  for (const [i, tokens] of prompts.entries()) {
    const { token } = await prefill(session, ascent, {
      slot: slots[i]!,
      tokens,
      decided: false,
      oneByOne: false,
    });
    emitted.push([token]);
  }
  for (let count = 1; count < 9; count++) {
    const rows = slots.map((slot, i) => ({
      slot,
      position: session.length(slot),
      token: emitted[i]!.at(-1)!,
      phase: "decode" as const,
    }));
    const step = session.begin(rows);
    const climbers = rows.map(({ position }, row) => ({
      ...climber(),
      row,
      position,
      emitted: count,
    }));
    await ascent.climb(step, climbers);
    const { tokens } = await step.readToken(SHARED_READOUT);
    emitted.forEach((list, i) => list.push(tokens[i]!));
    step.commit();
  }
  for (const slot of slots) session.release(slot);
  assertEquals(emitted, alone);
});

Deno.test("skip_decode crosses with fills that write, and recompute with its sinking exit only", async () => {
  const session = await openToy();
  const plain = await decode(session, bind(session, skipDecode, { input: INPUT }), PROMPT);
  for (const fill of ["project", "hole", "copy"] as const) {
    // Nested sets: no later token reads what the fill wrote.
    const bound = bind(session, skipDecode, { input: INPUT, fill });
    assertEquals(await decode(session, bound, PROMPT), plain);
  }
  await assertRejects(
    () => decode(session, bind(session, skipDecode, { input: INPUT, fill: "recompute" }), PROMPT),
    RangeError,
    "only exits can be recomputed",
  );
  const bottom = { ...INPUT, keep: "bottom" };
  const sinking = await decode(session, bind(session, skipDecode, { input: bottom }), PROMPT);
  const exact = bind(session, skipDecode, { input: bottom, fill: "recompute" });
  assertEquals(await decode(session, exact, PROMPT), sinking);
});
