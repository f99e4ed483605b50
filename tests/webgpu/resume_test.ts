/** A device that goes away ends a run; the same run then goes on with what is missing. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openWebgpuEngine } from "../../backends/webgpu/session.ts";
import { type BackendPlugin, DeviceLostError, type RunRecord } from "../../harness/contract/mod.ts";
import { SteppedSession } from "../../harness/stepping/mod.ts";
import { armOf, copy, fixedExit, fullDepth, memoryStore } from "../../mod.ts";
import { planRun, type RunPlan, runPlan, syntheticModel } from "../../mod.ts";
import { gpuTest } from "./adapter.ts";

/** Devices of the sessions that were opened, the last one last. */
const devices: GPUDevice[] = [];

const backend: BackendPlugin = {
  name: "webgpu",
  summary: "The backend, with its device in reach",
  open: async (model, options) => {
    const { engine, backend, device } = await openWebgpuEngine(model, options);
    devices.push(device);
    return new SteppedSession({ engine, backend, info: model.info }, options);
  },
};

async function plan(): Promise<RunPlan> {
  const model = syntheticModel({
    layerCount: 3,
    dModel: 24,
    heads: 2,
    kvHeads: 1,
    headDim: 12,
    ffnSize: 40,
    vocabSize: 300,
    context: 96,
    tiedHead: true,
    seed: 7,
  });
  return await planRun({
    model,
    backend,
    suites: [{ plugin: copy, size: "smoke", split: "test", seed: 0, limit: 3 }],
    arms: [armOf(fullDepth), armOf(fixedExit, { options: { exit: 2 } })],
    passes: ["free"],
    seed: 0,
    repetitions: 1,
    timedTokens: 4,
    margin: 0.01,
    harness: "test",
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

const outcomes = (records: readonly RunRecord[]) =>
  records.map((record) => "outcome" in record ? String(record.outcome) : "ok");

gpuTest("a lost device ends a run without spoiling a cell, and the run resumes", async () => {
  const store = memoryStore();
  const first = await plan();
  await assertRejects(
    () =>
      runPlan(first, {
        store,
        progress: ({ done }) => {
          if (done === 2) devices.at(-1)!.destroy();
        },
      }),
    DeviceLostError,
    "run the same command again",
  );
  first.close();
  const kept = await store.read();
  assertEquals(kept.records.length, 2);
  const second = await plan();
  await runPlan(second, { store });
  second.close();
  const { records } = await store.read();
  assertEquals(records.length, 6);
  assert(!outcomes(records).includes("failed"), `${outcomes(records)}`);
  assertEquals(devices.length, 2);
});
