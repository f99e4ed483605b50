import { assert, assertEquals } from "@std/assert";
import { MeteredSession } from "../../harness/decode/metered_session.ts";
import { d3PositionDecay } from "../../policies/depth/d3_position_decay.ts";
import { fullDepth } from "../../policies/depth/full_depth.ts";
import { bind, decode, openToy, see } from "./_fixture.ts";

const PROMPT = [3, 1, 4, 1, 5];
const INPUT = { refLength: 16, alpha: 0.9, start: 0.25 };

Deno.test("d3_position_decay without a decay or with a late start is full depth", async () => {
  const session = await openToy();
  const full = await decode(session, bind(session, fullDepth), PROMPT);
  for (const input of [{ ...INPUT, alpha: 1 }, { ...INPUT, start: 1 }]) {
    assertEquals(await decode(session, bind(session, d3PositionDecay, { input }), PROMPT), full);
  }
});

Deno.test("d3_position_decay runs nested sets, of which no entry is missed", async () => {
  const session = await openToy();
  for (const skipOrder of ["middle_out", "top_down", "bottom_up", "bi_ascending"]) {
    const input = { ...INPUT, skipOrder, influence: [6, 1, 5, 2, 4, 3] };
    const metered = new MeteredSession(session);
    const bound = bind(metered, d3PositionDecay, { input });
    assertEquals(bound.fill, "none");
    const free = await decode(metered, bound, PROMPT);
    assertEquals(free.blocksRun, [6, 6, 6, 6, 6, 5, 4, 4, 3, 3, 3, 2, 2, 2, 2, 2]);
    const ran = PROMPT.length * 6 + free.blocksRun.slice(1).reduce((sum, each) => sum + each);
    assertEquals(metered.ledger.total().kvWritten, ran * 2 * 12);
    const text = { prompt: PROMPT, target: free.tokens };
    const batch = await see(session, bound, text);
    assertEquals(await see(session, bound, { ...text, inOrder: true }), batch);
    assertEquals(batch.tokens, free.tokens);
    const project = bind(session, d3PositionDecay, { input, fill: "project" });
    assertEquals(await decode(session, project, PROMPT), free);
  }
});

Deno.test("d3_position_decay differs from full depth once it decays", async () => {
  const session = await openToy();
  const full = await decode(session, bind(session, fullDepth), PROMPT);
  const decayed = await decode(session, bind(session, d3PositionDecay, { input: INPUT }), PROMPT);
  assertEquals(decayed.tokens.slice(0, 4), full.tokens.slice(0, 4));
  assert(decayed.tokens.join() !== full.tokens.join());
});
