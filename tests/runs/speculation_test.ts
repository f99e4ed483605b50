import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { armOf } from "../../harness/arm_request.ts";
import { composeDrafts } from "../../harness/compose_drafts.ts";
import type { FreeRecord, PolicyPlugin, RoundPolicy } from "../../harness/contract/mod.ts";
import { fullDepth } from "../../policies/depth/mod.ts";
import { layerSkip, promptLookup, swift } from "../../policies/speculative/mod.ts";
import { ITEMS, smallRun } from "./_fixture.ts";

const FULL = armOf(fullDepth);
const ARMS = [
  FULL,
  armOf(layerSkip, { options: { exit: 4, draft: 3 } }),
  armOf(swift, { options: { interval: 1, context: 8, stop: 0 } }),
  armOf(composeDrafts([
    { plugin: promptLookup as RoundPolicy<unknown>, options: lookup(), label: "prompt_lookup" },
    { plugin: layerSkip as RoundPolicy<unknown>, options: skip(2), label: "layer_skip(exit=2)" },
  ]) as PolicyPlugin),
] as const;

function lookup() {
  return { ngram: 2, shortest: 1, draft: 4, match: "latest" };
}

function skip(exit: number) {
  return { exit, draft: 2, prompt: false };
}

Deno.test("free records of drafts hold rounds, certificate and the drafts' part of the ledger", async () => {
  const records = await smallRun({ arms: [...ARMS], passes: ["free"] }) as readonly FreeRecord[];
  assertEquals(records.length, ITEMS * ARMS.length);
  for (const record of records) {
    const full = records.find(({ arm, item }) => arm === FULL.label && item === record.item)!;
    assertEquals(record.tokens, full.tokens, record.arm);
    assertEquals(record.heights, record.tokens.map(() => 6));
    if (record.arm === FULL.label) {
      assertEquals(record.speculation, undefined);
      continue;
    }
    const { rounds, draftLedger, certificate } = record.speculation!;
    assertEquals(certificate?.verdict, "identical");
    assertEquals(rounds.reduce((sum, { emitted }) => sum + emitted, 1), record.tokens.length);
    assert(draftLedger.macs <= record.decodeLedger.macs);
    if (record.arm.startsWith("layer_skip")) {
      const drafted = rounds.reduce((sum, round) => sum + round.drafted, 0);
      assertEquals([draftLedger.readouts, draftLedger.attention], [drafted, 4 * drafted]);
      const rows = drafted + rounds.length;
      assertEquals(record.decodeLedger.attention, 6 * rows);
    }
  }
});

Deno.test("timed records of drafts tell their rounds and where time went", async () => {
  const records = await smallRun({ arms: [...ARMS], passes: ["timed"] });
  const drafting = records.flatMap((record) =>
    record.pass === "timed" && record.outcome === "ok" && record.speculation !== undefined
      ? [record]
      : []
  );
  assertEquals(drafting.length, ITEMS * (ARMS.length - 1));
  for (const { speculation, steps, decodeMs } of drafting) {
    const { rounds, draftMs, verifyMs, measureMs } = speculation!;
    assertEquals(rounds.reduce((sum, { emitted }) => sum + emitted, 0), steps);
    assert(draftMs > 0 && verifyMs > 0 && measureMs >= 0);
    assert(draftMs + verifyMs + measureMs <= decodeMs + 1);
  }
});

Deno.test("lockstep refuses drafts with the reason", async () => {
  const records = await smallRun({ arms: [FULL, ARMS[1]], passes: ["lockstep"] });
  const refused = records.filter(({ arm }) => arm !== FULL.label);
  assertEquals(refused.length, ITEMS);
  for (const record of refused) {
    assert(record.outcome === "skipped");
    assertStringIncludes(record.reason, "there is nothing to diverge");
  }
});

Deno.test("a search that passes from item to item is run again from the first when resumed", async () => {
  const { memoryStore } = await import("../../harness/memory_store.ts");
  const arms = [FULL, ARMS[2]] as const;
  const whole = await smallRun({ arms: [...arms], passes: ["free"] });
  const store = memoryStore();
  await smallRun({ arms: [...arms], passes: ["free"], store, stopAfter: 2 });
  assertEquals(await smallRun({ arms: [...arms], passes: ["free"], store }), whole);
});
