import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import { wasmBackend } from "../../backends/wasm/mod.ts";
import type { PolicyPlugin } from "../../harness/contract/mod.ts";
import { certify } from "../../harness/decode/speculate/certify.ts";
import { MeteredSession } from "../../harness/decode/metered_session.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { speculativePolicies } from "../../policies/speculative/mod.ts";
import { ARMS, armText, bindFull, bindRound, COMPOSED, perfectDraft } from "./_arms.ts";
import { generated } from "./_generated.ts";

const PROMPT = [3, 1, 4, 1, 5, 9, 2, 6, 3, 1, 4];
const ALL = [...ARMS, ...COMPOSED, [perfectDraft as PolicyPlugin, {}] as const];
const MODEL = syntheticModel({
  layerCount: 5,
  dModel: 32,
  heads: 4,
  kvHeads: 2,
  headDim: 8,
  ffnSize: 64,
  vocabSize: 53,
  context: 48,
  tiedHead: true,
  seed: 4,
}).checkpoint;

for (const backend of [cpuBackend, wasmBackend]) {
  Deno.test(`round policies on ${backend.name} emit full depth's text and leave its cache`, async () => {
    const session = await backend.open(MODEL, { slots: 4, context: 48 });
    for (const arm of ALL) {
      for (const [maxTokens, eos] of [[1, []], [2, []], [9, []], [60, []], [30, [7]]] as const) {
        const at = { prompt: PROMPT, eos, probe: maxTokens < 30 ? 5 : undefined };
        const full = await generated(session, bindFull(session, { maxTokens }), at);
        const text = await generated(session, bindRound(session, arm, { maxTokens }), at);
        const where = `${armText(arm)} up to ${maxTokens}`;
        const { verdict } = await certify(session, { ...at, ...text });
        assert(verdict !== "bug", where);
        if (verdict === "near-tie") continue;
        assertEquals(text.tokens, full.tokens, where);
        assertEquals(text.ended, full.ended, where);
        assertEquals(text.length, full.length, where);
        full.after?.forEach((logit, i) => assertAlmostEquals(text.after![i]!, logit, 2e-4, where));
      }
    }
    session.close();
  });
}

Deno.test("every speculative policy is compared with full depth", () => {
  assertEquals(
    new Set(ARMS.map(([policy]) => policy.name)),
    new Set(speculativePolicies.map(({ name }) => name)),
  );
});

Deno.test("a round emits its accepted tokens and one more, and no round runs past limit or context", async () => {
  const session = await cpuBackend.open(MODEL, { slots: 4, context: 48 });
  for (const arm of ALL) {
    const { rounds, tokens, ended } = await generated(
      session,
      bindRound(session, arm, { maxTokens: 100 }),
      { prompt: PROMPT },
    );
    assertEquals(ended, "context");
    // The last token stands one past the context: its position is never run.
    assertEquals(tokens.length, 48 - PROMPT.length + 1);
    assertEquals(
      rounds.reduce((sum, { emitted }) => sum + emitted, "prompt" in arm[1] ? 0 : 1),
      tokens.length,
    );
    for (const round of rounds) {
      assertEquals(round.emitted, round.accepted + 1, armText(arm));
      assert(round.accepted <= round.drafted);
    }
  }
  session.close();
});

Deno.test("full depth's own drafts are all accepted, and a bonus token comes with each round", async () => {
  const session = await cpuBackend.open(MODEL, { slots: 4, context: 48 });
  const bound = bindRound(session, [perfectDraft as PolicyPlugin, {}], { maxTokens: 15 });
  const { rounds } = await generated(session, bound, { prompt: PROMPT });
  assertEquals(rounds.map(({ drafted, accepted }) => [drafted, accepted]), [[6, 6], [6, 6]]);
  session.close();
});

Deno.test("an end of sequence inside a draft ends the draft, and nothing after it is emitted", async () => {
  const session = await cpuBackend.open(MODEL, { slots: 4, context: 48 });
  const full = await generated(session, bindFull(session), { prompt: PROMPT });
  const eos = [full.tokens[4]!];
  const cut = full.tokens.indexOf(eos[0]!);
  for (const arm of ALL) {
    const text = await generated(session, bindRound(session, arm), { prompt: PROMPT, eos });
    assertEquals([text.tokens, text.ended], [full.tokens.slice(0, cut), "eos"], armText(arm));
    assertEquals(text.length, PROMPT.length + cut);
  }
  session.close();
});

Deno.test("leaving in the middle of a round cuts the cache to what was seen", async () => {
  const session = await cpuBackend.open(MODEL, { slots: 4, context: 48 });
  for (const leaveAfter of [1, 2, 3, 5, 8]) {
    const at = { prompt: PROMPT, leaveAfter, probe: 5 };
    const full = await generated(session, bindFull(session), at);
    for (const arm of ALL) {
      const text = await generated(session, bindRound(session, arm), at);
      assertEquals(text.tokens, full.tokens, armText(arm));
      assertEquals(text.length, PROMPT.length + leaveAfter - 1, armText(arm));
      full.after!.forEach((logit, i) => assertAlmostEquals(text.after![i]!, logit, 1e-4));
    }
  }
  session.close();
});

Deno.test("drafts at an exit run each block once per row: verification goes on from there", async () => {
  const session = await cpuBackend.open(MODEL, { slots: 4, context: 48 });
  const metered = new MeteredSession(session);
  const bound = bindRound(metered, ARMS[0]!, { maxTokens: 16 });
  const { rounds } = await generated(metered, bound, { prompt: PROMPT });
  const rows = rounds.reduce((sum, { drafted }) => sum + drafted + 1, PROMPT.length);
  const { attention, mlp, readouts, rows: entered } = metered.ledger.total();
  assertEquals([attention, mlp, entered], [5 * rows, 5 * rows, rows]);
  // One readout per draft, and one per row of each verification; the prompt has one.
  assertEquals(readouts, 1 + rounds.reduce((sum, { drafted }) => sum + 2 * drafted + 1, 0));
  session.close();
});

Deno.test("drafts by sub-blocks run the plan beside a full verification", async () => {
  const session = await cpuBackend.open(MODEL, { slots: 4, context: 48 });
  const metered = new MeteredSession(session);
  const bound = bindRound(metered, ARMS[2]!, { maxTokens: 16 }); // 3 attentions and 4 MLPs of 5
  const { rounds } = await generated(metered, bound, { prompt: PROMPT });
  const drafted = rounds.reduce((sum, round) => sum + round.drafted, 0);
  const verified = drafted + rounds.length + PROMPT.length;
  const { attention, mlp } = metered.ledger.total();
  assertEquals([attention, mlp], [5 * verified + 3 * drafted, 5 * verified + 4 * drafted]);
  session.close();
});
