import { assertEquals } from "@std/assert";
import type { PolicyPlugin } from "../../harness/contract/mod.ts";
import { MeteredSession } from "../../harness/decode/metered_session.ts";
import { generate } from "../../harness/decode/generate.ts";
import { calm } from "../../policies/depth/calm.ts";
import { fixedExit } from "../../policies/depth/fixed_exit.ts";
import { fullDepth } from "../../policies/depth/full_depth.ts";
import { bind, openToy } from "./_fixture.ts";
import { marginExit } from "./_policies.ts";

const PROMPT = [3, 1, 4, 1, 5];
/** Shapes of the toy: D 24, A 24, K 12, F 40, V 53. */
const ATTENTION = 2 * 24 * 24 + 2 * 24 * 12;
const MLP = 3 * 24 * 40;
const HEAD = 53 * 24;

async function decodeLedger(plugin: PolicyPlugin, input = {}, fill?: "hole" | "project") {
  const session = await openToy();
  const metered = new MeteredSession(session);
  const bound = bind(session, plugin, { input, maxTokens: 4, ...(fill ? { fill } : {}) });
  const slot = metered.newSlot();
  const stream = generate(metered, {
    bound,
    slot,
    prompt: PROMPT,
    eos: [],
    seed: 0,
    item: 0,
    promptDone: () => metered.ledger.reset(),
  });
  for await (const _ of stream);
  return metered.ledger.total();
}

Deno.test("the ledger of full depth is what the shapes say", async () => {
  const ledger = await decodeLedger(fullDepth);
  const visible = 6 + 7 + 8; // positions seen by three decode steps after a prompt of five
  assertEquals(ledger, {
    rows: 3,
    attention: 18,
    mlp: 18,
    readouts: 3,
    vocabularyRows: 3 * 53,
    probeMacs: 0,
    fills: { project: 0, hole: 0, copy: 0, none: 0, recompute: 0 },
    reads: 3,
    macs: 18 * (ATTENTION + MLP) + 6 * 2 * 24 * visible + 3 * HEAD,
    weightElements: 18 * (ATTENTION + MLP) + 3 * HEAD,
    kvWritten: 18 * 24,
    kvRead: 6 * 24 * visible,
  });
});

Deno.test("the ledger charges a fill that projects and not one that leaves holes", async () => {
  const project = await decodeLedger(fixedExit, { exit: 4 }, "project");
  const hole = await decodeLedger(fixedExit, { exit: 4 }, "hole");
  assertEquals([project.fills.project, hole.fills.hole], [6, 6]);
  assertEquals(project.macs - hole.macs, 6 * 2 * 24 * 12);
  assertEquals([project.kvWritten, hole.kvWritten], [18 * 24, 12 * 24]);
});

Deno.test("attention over holes reads fewer entries", async () => {
  const hole = await decodeLedger(fixedExit, { exit: 4 }, "hole");
  const full = await decodeLedger(fullDepth);
  assertEquals(hole.kvRead, full.kvRead * 4 / 6); // blocks 0 to 3 have no holes
});

Deno.test("the ledger charges each checked readout once and the exit's not again", async () => {
  const never = await decodeLedger(calm, { threshold: 1, at: [2, 4] });
  assertEquals([never.readouts, never.reads], [9, 9]); // two checks and the head, three steps
  const always = await decodeLedger(calm, { threshold: 0, at: [2, 4] });
  assertEquals([always.readouts, always.reads, always.attention], [3, 6, 6]);
  assertEquals((await decodeLedger(marginExit(2))).readouts, 18);
});
