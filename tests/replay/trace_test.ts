/** What a trace holds, and how it goes on after an interruption. */
import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import { UsageError } from "../../harness/contract/mod.ts";
import { klDivergence, logSumExp } from "../../harness/numerics/logits.ts";
import { memoryTraceStore } from "../../harness/trace/memory_trace_store.ts";
import { traceItems } from "../../harness/trace/trace_items.ts";
import type { TraceRow } from "../../harness/trace/trace_store.ts";
import { readSignalNames, tracedSignals } from "../../harness/trace/traced_signal.ts";
import { fixedExit } from "../../policies/mod.ts";
import { openToy } from "../decode/_fixture.ts";
import { realExits, settingOf, toyItems, toyManifest, toyTexts, traceToy } from "./_fixture.ts";

Deno.test("traceText() reads at each height what an exit there reads out", async () => {
  const session = await openToy();
  const texts = toyTexts(2, 36); // more than one chunk
  const table = await traceToy(session, texts, { measures: ["nll", "kl"] });
  const width = table.levels.length;
  const full = await realExits(session, settingOf(fixedExit, { input: { exit: 6 } }), texts);
  for (const exit of [1, 3, 5]) {
    const setting = settingOf(fixedExit, { input: { exit }, fill: "recompute" });
    const real = await realExits(session, setting, texts);
    let disagree = 0;
    real.logits.forEach((logits, p) => {
      if (real.heights[p] !== exit) return; // the first token is full depth
      const token = logits.indexOf(Math.max(...logits));
      const top = full.logits[p]!.indexOf(Math.max(...full.logits[p]!));
      assertStrictEquals(table.columns.get("token@shared")![p * (width - 1) + exit], token);
      assertStrictEquals(table.agrees[p * width + exit], token === top ? 1 : 0);
      if (token !== top) disagree++;
      const nll = logSumExp(logits) - logits[table.target[p]!]!;
      assertAlmostEquals(table.nll[p * width + exit]!, nll, 1e-5);
      assertAlmostEquals(
        table.kl[p * width + exit]!,
        klDivergence(full.logits[p]!, logits),
        1e-5,
      );
      assertStrictEquals(table.kl[p * width + 6], 0);
    });
    assert(disagree > 0, "the toy model agrees with itself everywhere");
  }
});

Deno.test("traceText() reads at some heights what it reads there among all", async () => {
  const session = await openToy();
  const texts = toyTexts(2, 12);
  const all = await traceToy(session, texts);
  const some = await traceToy(session, texts, { heights: [0, 2, 5] });
  for (const [key, column] of some.columns) {
    const wanted = all.columns.get(key)!;
    column.forEach((value, i) => {
      assertStrictEquals(value, wanted[6 * Math.floor(i / 3) + [0, 2, 5][i % 3]!], key);
      const lower = key === "cosine~previous_block" || key === "relativeNorm~embedding";
      assertStrictEquals(Number.isNaN(value), lower && i % 3 === 0, key);
    });
  }
});

Deno.test("traceItems() goes on after an interruption to the rows of an undisturbed trace", async () => {
  const session = await openToy();
  const manifest = toyManifest(session);
  const items = toyItems(session, toyTexts(5, 9));
  const whole = memoryTraceStore();
  await traceItems({ manifest, items }, { store: whole, session });

  const store = memoryTraceStore();
  const stop = new AbortController();
  await traceItems({ manifest, items }, {
    store,
    session,
    signal: stop.signal,
    progress: ({ done }) => done === 2 && stop.abort(),
  });
  assertStrictEquals(store.done().size, 2);
  const again: string[] = [];
  await traceItems({
    manifest,
    items: items.map((item) => ({
      ...item,
      text: () => {
        again.push(item.item);
        return item.text();
      },
    })),
  }, { store, session });
  assertEquals(again, ["item-002", "item-003", "item-004"]);
  assertEquals([...store.rows() as Iterable<TraceRow>], [...whole.rows() as Iterable<TraceRow>]);
});

Deno.test("traceItems() keeps what cannot be traced as rows with reasons", async () => {
  const session = await openToy({ context: 16 });
  const [short, long, empty] = toyItems(session, [
    { item: "a", prompt: [1, 2], target: [3, 4, 5] },
    { item: "b", prompt: [1, 2], target: Array(40).fill(3) },
    { item: "c", prompt: [1, 2], target: [] },
  ]);
  const store = memoryTraceStore();
  const items = [short!, long!, empty!, { ...short!, item: "d", refusal: "Cannot" }];
  await traceItems({ manifest: toyManifest(session), items }, { store, session });
  const rows = [...store.rows() as Iterable<TraceRow>];
  assertEquals(rows.map(({ outcome }) => outcome), ["ok", "failed", "skipped", "skipped"]);
  assertStrictEquals(session.newSlot(), 0, "a slot stayed open");
});

Deno.test("tracedSignals() keeps each signal once and refuses the previous check", () => {
  const { declarations, measures } = readSignalNames(["margin", "kl", "token", "margin", "cosine"]);
  assertEquals(measures, ["kl"]);
  const keys = tracedSignals(declarations, { dModel: 8 }).map(({ key }) => key);
  assertEquals(keys, ["margin@shared", "cosine~previous_block"]);
  let message = "";
  try {
    tracedSignals([{ name: "s", kind: "state", signal: "cosine", against: "previous_check" }], {
      dModel: 8,
    });
  } catch (error) {
    assert(error instanceof UsageError);
    message = error.message;
  }
  assert(message.includes("previous check"));
});
