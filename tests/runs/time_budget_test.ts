import { assert, assertEquals, assertThrows } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import { armOf } from "../../harness/arm_request.ts";
import type { RecordStore, TimedRecord } from "../../harness/contract/mod.ts";
import { UsageError } from "../../harness/contract/mod.ts";
import { memoryStore } from "../../harness/memory_store.ts";
import { createRandom } from "../../harness/numerics/random.ts";
import { hashText } from "../../harness/numerics/text_hash.ts";
import { planRun, type RunPlan, runPlan } from "../../harness/runner.ts";
import { shardPlan } from "../../harness/shard_plan.ts";
import { summarize } from "../../harness/summary/mod.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { fixedExit, fullDepth } from "../../policies/mod.ts";
import { copy } from "../../suites/mod.ts";

const ITEMS = 12, VISIT_MS = 50, STEPS = 4;

/** Share of full depth's time, by the height of the exit; the other arms take all of it. */
const SHARES: Readonly<Record<number, number>> = { 1: 0.5 };

async function planOf(timeBudgetMs: number): Promise<RunPlan> {
  const model = syntheticModel({
    layerCount: 4,
    dModel: 8,
    heads: 2,
    kvHeads: 1,
    headDim: 4,
    ffnSize: 8,
    vocabSize: 300,
    context: 128,
    tiedHead: true,
    seed: 3,
  });
  return await planRun({
    model,
    backend: cpuBackend,
    suites: [{ plugin: copy, size: "smoke", split: "test", seed: 0, limit: ITEMS }],
    arms: [
      armOf(fullDepth),
      armOf(fixedExit, { options: { exit: 1 } }),
      armOf(fixedExit, { options: { exit: 2 } }),
    ],
    passes: ["timed"],
    seed: 0,
    repetitions: 5,
    timeBudgetMs,
    timedTokens: STEPS,
    margin: 0.01,
    harness: "test",
    environment: {
      cpu: "any",
      cores: 1,
      memoryBytes: 0,
      os: "any",
      runtime: "any",
      clockStepMs: 0.001,
      clockCostMs: 0.0001,
    },
    encodePrompt: (prompt) => model.tokenizer.encode(prompt),
  });
}

/**
 * A clock by which a block takes 50 ms and a visit of full depth 8 ms with noise; all
 * readings of a cell depend on the cell alone, so a run that goes on reads them again.
 */
function madeUpClock({ context, encoded }: RunPlan, noise: number) {
  const starts = new Map<string, { at: number; share: number }>();
  for (let repetition = 0; repetition < 200; repetition++) {
    for (const [i, item] of encoded.entries()) {
      for (const [k, arm] of context.arms.entries()) {
        const turn = Math.floor(repetition / 2) * ITEMS * 2 + 2 * i + repetition % 2;
        const share = SHARES[Number(arm.arm.options["exit"])] ?? 1;
        starts.set(context.cell(item, { arm, pass: "timed", repetition }), {
          at: turn * VISIT_MS + k * 10,
          share,
        });
      }
    }
  }
  let time = 0, step = 0;
  return {
    isReplayed: true,
    enter(section: string): void {
      const start = starts.get(section);
      time = start?.at ?? 0;
      const random = createRandom(hashText(section));
      step = 2 * (start?.share ?? 1) * Math.exp(noise * random.normal());
    },
    now: () => time += step,
  };
}

async function budgetedRun(
  { timeBudgetMs, noise, store = memoryStore(), stopAfter = Infinity }: {
    readonly timeBudgetMs: number;
    readonly noise: number;
    readonly store?: RecordStore;
    readonly stopAfter?: number;
  },
) {
  const plan = await planOf(timeBudgetMs);
  const stop = new AbortController();
  let units = 0;
  await runPlan(plan, {
    store,
    signal: stop.signal,
    recordedClock: madeUpClock(plan, noise),
    progress: () => {
      if (++units >= stopAfter) stop.abort();
    },
  });
  plan.close();
  const run = await store.read();
  const visits = (label: string): readonly TimedRecord[] =>
    run.records.filter((record): record is TimedRecord =>
      record.pass === "timed" && record.outcome === "ok" && record.arm === label
    );
  return { run, visits };
}

Deno.test("a time budget goes to the verdicts that are open, and ends when none is", async () => {
  const { run, visits } = await budgetedRun({ timeBudgetMs: 24_000, noise: 0.03 });
  const [full, fast, same] = run.manifest.arms.map(({ label }) => visits(label).length);
  // A look comes at the end of the first turn, two visits of a prompt, beyond 6 s or its multiple.
  assertEquals(fast, 122);
  assert([242, 362].includes(same!), `${same} visits`);
  assertEquals(full, same);
  assertEquals(run.manifest.looks, 4);
  const { arms, noise } = summarize(run);
  assertEquals(arms.map(({ speed }) => speed!.verdict), ["equivalent", "faster", "equivalent"]);
  assertEquals([noise!.verdict, noise!.sentinelVerdict], ["quiet", "equivalent"]);
});

Deno.test("a time budget is spent where noise leaves a verdict open, and not exceeded by a turn", async () => {
  const { run, visits } = await budgetedRun({ timeBudgetMs: 4800, noise: 0.2 });
  const [full, fast, same] = run.manifest.arms.map(({ label }) => visits(label));
  assertEquals([full!.length, same!.length], [98, 98]);
  assertEquals(fast!.length, 26); // decided at the first look, whatever the noise
  const end = Math.max(...same!.map(({ startMs, decodeMs }) => startMs! + decodeMs));
  assert(end <= 4800 + 2 * VISIT_MS, `ended at ${end} ms`);
  assertEquals(summarize(run).noise!.verdict, "noisy");
});

Deno.test("a run with a time budget goes on where it was cut off, and ends the same", async () => {
  const options = { timeBudgetMs: 9600, noise: 0.02 };
  const whole = await budgetedRun(options);
  for (const stopAfter of [1, 55]) {
    const store = memoryStore();
    await budgetedRun({ ...options, store, stopAfter });
    const { run } = await budgetedRun({ ...options, store });
    const sorted = (records: typeof run.records) =>
      records.toSorted((a, b) => a.cell < b.cell ? -1 : 1);
    assertEquals(sorted(run.records), sorted(whole.run.records));
    // What is done is not done again.
    const again = await budgetedRun({ ...options, store });
    assertEquals(again.run.records.length, run.records.length);
  }
});

Deno.test("a time budget sees every prompt before any twice as often", async () => {
  const { run } = await budgetedRun({ timeBudgetMs: 700, noise: 0.02 });
  const baseline = run.records.filter(({ arm }) => arm === run.manifest.arms[0]!.label);
  assertEquals(new Set(baseline.map(({ item }) => item)).size, 8);
  assertEquals(baseline.length, 16);
});

Deno.test("shardPlan() refuses a time budget", async () => {
  const plan = await planOf(1000);
  assertThrows(() => shardPlan(plan, { index: 1, count: 2 }), UsageError, "--repetitions");
  plan.close();
});
