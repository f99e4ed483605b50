/**
 * Small runs through the runner: a random model, a few short items.
 *
 * @module
 */
import { cpuBackend } from "../../backends/cpu/mod.ts";
import type { Pass, RecordStore, RunRecord } from "../../harness/contract/mod.ts";
import { memoryStore } from "../../harness/memory_store.ts";
import { type ArmRequest, planRun, type RunPlan, runPlan } from "../../harness/runner.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { copy } from "../../suites/mod.ts";

/** A run to carry out. */
export interface SmallRun {
  /** Full depth first. */
  readonly arms: readonly [ArmRequest, ...ArmRequest[]];
  /** Passes. */
  readonly passes: readonly Pass[];
  /** Where records go; a new store when absent. */
  readonly store?: RecordStore;
  /** Stops after that many units of work. */
  readonly stopAfter?: number;
  /** Size of the vocabulary; large ones make readouts dear. */
  readonly vocabSize?: number;
  /** Reads oracle heights whatever they cost. */
  readonly oracleHeights?: true;
}

/** Items of a small run. */
export const ITEMS = 4;

/** Plans a run. The caller closes it. */
export async function smallPlan(
  { arms, passes, vocabSize = 300, oracleHeights }: Omit<SmallRun, "store" | "stopAfter">,
): Promise<RunPlan> {
  const model = syntheticModel({
    layerCount: 6,
    dModel: 24,
    heads: 4,
    kvHeads: 2,
    headDim: 6,
    ffnSize: 40,
    vocabSize,
    context: 128,
    tiedHead: true,
    seed: 3,
  });
  return await planRun({
    model,
    backend: cpuBackend,
    suites: [{ plugin: copy, size: "smoke", split: "test", seed: 0, limit: ITEMS }],
    arms,
    passes,
    seed: 0,
    repetitions: 1,
    timedTokens: 4,
    maxTokens: 12,
    margin: 0.01,
    harness: "test",
    oracleHeights,
    environment: {
      cpu: "any",
      cores: 1,
      memoryBytes: 0,
      os: "any",
      runtime: "any",
      clockStepMs: 0,
      clockCostMs: 0,
    },
    encodePrompt: (prompt) => model.tokenizer.encode(prompt),
  });
}

/** Carries a run out; records in the order of the items, arm by arm. */
export async function smallRun(
  { store = memoryStore(), stopAfter = Infinity, ...run }: SmallRun,
): Promise<readonly RunRecord[]> {
  const { arms } = run;
  const plan = await smallPlan(run);
  const stop = new AbortController();
  let units = 0;
  await runPlan(plan, {
    store,
    signal: stop.signal,
    progress: () => {
      if (++units >= stopAfter) stop.abort();
    },
  });
  plan.close();
  const order = plan.items.map(({ item }) => item);
  const { records } = await store.read();
  return records.toSorted((a, b) =>
    arms.findIndex(({ label }) => label === a.arm) -
      arms.findIndex(({ label }) => label === b.arm) ||
    order.indexOf(a.item) - order.indexOf(b.item)
  );
}
