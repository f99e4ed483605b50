import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import type { RunRecord, SuitePlugin, TimedRecord } from "../../harness/contract/mod.ts";
import { armOf } from "../../harness/arm_request.ts";
import { memoryStore } from "../../harness/memory_store.ts";
import { cellPrompts } from "../../harness/passes/speed_cell.ts";
import { planRun, runPlan } from "../../harness/runner.ts";
import { summarize } from "../../harness/summary/mod.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { calm, fixedExit, fullDepth, unifiedLayerSkipping } from "../../policies/mod.ts";
import { speed } from "../../suites/mod.ts";

const ENVIRONMENT = {
  cpu: "any",
  cores: 1,
  memoryBytes: 0,
  os: "any",
  runtime: "any",
  clockStepMs: 0.001,
  clockCostMs: 0.0001,
};

/** The suite with few decode steps, so that the test is quick. */
const brief: SuitePlugin = {
  ...speed,
  async items(request) {
    const items = await speed.items(request);
    return items.map((item) => ({ ...item, shape: { ...item.shape!, tokens: 6 } }));
  },
};

async function speedRun(passes: readonly ("free" | "lockstep" | "timed")[] = ["timed"]) {
  const model = syntheticModel({
    layerCount: 4,
    dModel: 16,
    heads: 2,
    kvHeads: 1,
    headDim: 8,
    ffnSize: 24,
    vocabSize: 300,
    context: 560,
    tiedHead: true,
    seed: 3,
  });
  const plan = await planRun({
    model,
    backend: cpuBackend,
    suites: [{ plugin: brief, size: "smoke", split: "test", seed: 0 }],
    arms: [
      armOf(fullDepth),
      armOf(fixedExit, { options: { exit: 2 } }),
      armOf(unifiedLayerSkipping),
      armOf(calm, { fill: "recompute" }),
    ],
    passes,
    seed: 0,
    repetitions: 2,
    timedTokens: 4,
    margin: 0.01,
    harness: "test",
    environment: ENVIRONMENT,
    encodePrompt: (prompt) => model.tokenizer.encode(prompt),
  });
  const store = memoryStore();
  // A replayed clock needs no warm-up; this one ticks by a millisecond.
  let time = 0;
  const recordedClock = { enter() {}, now: () => time++, isReplayed: true };
  await runPlan(plan, { store, recordedClock });
  const run = await store.read();
  plan.close();
  return { run, cells: plan.cells };
}

const isTimed = (record: RunRecord): record is TimedRecord =>
  record.pass === "timed" && record.outcome === "ok";

Deno.test("cellPrompts() are windows of a circle at equal distances", () => {
  const shape = { promptTokens: 5, tokens: 1, rows: 2 };
  assertEquals(cellPrompts([0, 1, 2, 3], shape), [[0, 1, 2, 3, 0], [2, 3, 0, 1, 2]]);
});

Deno.test("suite speed times prefill, first token and steps apart in every cell that fits", async () => {
  const { run, cells } = await speedRun();
  assertEquals(run.records.length, cells);
  const timed = run.records.filter(isTimed);
  const exits = timed.filter(({ arm }) => arm.startsWith("fixed_exit"));
  assertEquals(
    [...new Set(exits.map(({ level }) => level))],
    ["32 × 1", "32 × 4", "32 × 8", "512 × 1", "512 × 4", "512 × 8"],
  );
  for (const record of exits) {
    const { rows, steps, stepMs, stepsPerReading, blocksRun, decodeLedger, promptTokens } = record;
    assertEquals([steps, blocksRun, decodeLedger.rows], [6, 6 * rows! * 2, 6 * rows!]);
    assertEquals(decodeLedger.attention, 6 * rows! * 2);
    assertEquals([stepMs, stepsPerReading], [[1, 1, 1, 1, 1, 1], undefined]);
    assertEquals([record.firstTokenMs, record.prefillMs, record.decodeMs], [1, 1, 6]);
    assertEquals(promptTokens, Number(record.level!.split(" ")[0]));
    // Weights of a block are read once for all rows; attention sees every row's own prompt.
    assertEquals(decodeLedger.weightElements % 6, 0);
    const seen = decodeLedger.kvRead / (2 * 8 * rows! * 2 * 6);
    assertEquals(seen, promptTokens + 3.5);
    const { weightBytes, kvBytes, scratchBytes, partBytes } = record.memory;
    assert(weightBytes > 0 && kvBytes > 0 && scratchBytes > 0);
    assertEquals(record.peakBytes, weightBytes + kvBytes + scratchBytes + partBytes);
  }
  const weights = (rows: number) =>
    exits.find((record) => record.rows === rows && record.promptTokens === 32)!.decodeLedger
      .weightElements;
  assertEquals(weights(1), weights(8));
});

Deno.test("suite speed records cells that are too long, and policies that cannot batch, as skipped", async () => {
  const { run } = await speedRun();
  const skipped = run.records.filter((record) => record.outcome === "skipped");
  const long = skipped.filter(({ level }) => level!.startsWith("2048"));
  assertEquals(long.length, 3 * 5 * 2);
  assertStringIncludes(long[0]!.reason, "2054 tokens: expected at most 560");
  const waiting = skipped.filter(({ level }) => !level!.startsWith("2048"));
  assertEquals([...new Set(waiting.map(({ level }) => level))], [
    "32 × 4",
    "32 × 8",
    "512 × 4",
    "512 × 8",
  ]);
  assertEquals(new Set(waiting.map(({ arm }) => arm)).size, 1);
  assertStringIncludes(
    waiting[0]!.reason,
    'Cannot move several sequences in one step under policy "calm"',
  );
  assertEquals(run.records.filter(({ outcome }) => outcome === "failed"), []);
});

Deno.test("suite speed is summed up cell by cell, with the cells that were not run", async () => {
  const { run } = await speedRun(["free", "lockstep", "timed"]);
  const { arms } = summarize(run, { resamples: 99 });
  const [, exit] = arms;
  assertEquals(exit!.speed!.cells!.length, 6);
  const [, four] = exit!.speed!.cells!;
  assertEquals([four!.rows, four!.stepMs.value, four!.tokensPerSecond.value], [4, 1, 4000]);
  assertEquals(exit!.speed!.skippedCells!.map(({ level }) => level), [
    "2048 × 1",
    "2048 × 4",
    "2048 × 8",
  ]);
  assertEquals(arms.at(-1)!.speed!.cells!.map(({ level }) => level), ["32 × 1", "512 × 1"]);
  assertEquals([exit!.quality, exit!.fidelity], [[], undefined]);
  assertEquals(exit!.cost!.blocksRun.value, 2);
});
