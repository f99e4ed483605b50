import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { DecoderSession } from "../../harness/contract/mod.ts";
import { MeteredSession } from "../../harness/decode/metered_session.ts";
import { fullDepth } from "../../policies/depth/full_depth.ts";
import { layerList } from "../../policies/depth/layer_list.ts";
import { shortGpt } from "../../policies/depth/short_gpt.ts";
import { bind, decode, openToy, see } from "./_fixture.ts";

const PROMPT = [3, 1, 4, 1, 5];
const TARGET = [9, 2, 6, 5, 3, 5, 8];
const TEXT = { prompt: PROMPT, target: TARGET };
const INFLUENCE = [6, 2, 3, 1, 4, 5]; // removes 3, then 1, then 2

const arm = (session: DecoderSession, input: object) =>
  bind(session, shortGpt, { input: { influence: INFLUENCE, ...input } });

Deno.test("short_gpt that removes nothing is full depth", async () => {
  const session = await openToy();
  const full = await decode(session, bind(session, fullDepth), PROMPT);
  for (const mode of ["delete", "gen"]) {
    assertEquals(await decode(session, arm(session, { remove: 0, mode }), PROMPT), full);
  }
});

Deno.test("short_gpt deletes like a list without its blocks, bit for bit", async () => {
  const session = await openToy();
  const list = bind(session, layerList, { input: { skip: [1, 3] } });
  const short = arm(session, { remove: 2 });
  assertEquals(await see(session, short, TEXT), await see(session, list, TEXT));
  assertEquals(await decode(session, short, PROMPT), await decode(session, list, PROMPT));
});

Deno.test("short_gpt gen reads the first token as delete does, then runs every block", async () => {
  const session = await openToy();
  const gen = await see(session, arm(session, { remove: 2, mode: "gen" }), TEXT);
  const deleted = await see(session, arm(session, { remove: 2 }), TEXT);
  gen.logits[0]!.forEach((logit, i) => assertAlmostEquals(logit, deleted.logits[0]![i]!, 1e-6));
  assertEquals(gen.blocksRun, [4, 6, 6, 6, 6, 6, 6]);
  const inOrder = await see(session, arm(session, { remove: 2, mode: "gen" }), {
    ...TEXT,
    inOrder: true,
  });
  assertEquals(inOrder, gen);
});

Deno.test("short_gpt gen pays a fill per prompt position and removed block", async () => {
  const metered = new MeteredSession(await openToy());
  await decode(metered, arm(metered, { remove: 2, mode: "gen" }), PROMPT);
  assertEquals(metered.ledger.total().fills.project, 2 * PROMPT.length);
});
