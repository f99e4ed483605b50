/** Losses from runs of a model, on a suite of the test's own. */
import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import { calibrationLosses } from "../../cli/calibration_losses.ts";
import type { Io } from "../../cli/command.ts";
import { armOf } from "../../harness/arm_request.ts";
import { sha256Hex } from "../../harness/numerics/sha256.ts";
import type { SuitePlugin } from "../../harness/contract/mod.ts";
import { recordedLosses } from "../../harness/calibrate/prompt_losses.ts";
import { memoryStore } from "../../harness/memory_store.ts";
import { planRun, type RunPlan, runPlan } from "../../harness/runner.ts";
import { syntheticModel } from "../../models/mod.ts";
import { calm, fullDepth } from "../../policies/mod.ts";

const IO: Io = {
  write: () => {},
  say: () => {},
  color: false,
  signal: new AbortController().signal,
  progress: () => ({ update: () => {}, end: () => {} }),
};

const model = syntheticModel({
  layerCount: 4,
  dModel: 16,
  heads: 2,
  kvHeads: 1,
  headDim: 8,
  ffnSize: 24,
  vocabSize: 300,
  context: 128,
  tiedHead: true,
  seed: 0,
});

/** Any answer scores by its digest, so that random weights score about one half. */
const anyAnswer: SuitePlugin = {
  name: "any_answer",
  summary: "Scores an answer by its digest",
  version: 1,
  measure: {
    kind: "generation",
    maxTokens: 6,
    stop: "\u0000never",
    score: (answer) => parseInt(sha256Hex(answer).slice(0, 2), 16) / 255,
  },
  framing: "plain",
  items: ({ split }) =>
    Array.from({ length: 12 }, (_, i) => ({
      id: sha256Hex(`${split} ${i}`),
      prompt: `${split} ${i}`,
      target: sha256Hex(`${i}`).slice(0, 8),
    })),
};

function plan(fill: "project" | "recompute"): Promise<RunPlan> {
  const setting = (threshold: number) => armOf(calm, { options: { threshold }, fill });
  return planRun({
    model,
    backend: cpuBackend,
    suites: [{ plugin: anyAnswer, size: "smoke", split: "calibration", seed: 0 }],
    arms: [armOf(fullDepth), setting(1), setting(0.01), setting(0)],
    passes: ["free"],
    seed: 0,
    repetitions: 1,
    timedTokens: 1,
    margin: 0,
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

Deno.test("calibrationLosses() gives no loss where nothing exits, and some where all do", async () => {
  for (const risk of ["consistency", "task"] as const) {
    const it = await plan("project");
    try {
      const found = (await calibrationLosses(it, { risk, wantsCost: true }, IO))!;
      assertStrictEquals(found.basis, risk === "task" ? "free" : "lockstep");
      const [never, , always] = found.settings;
      assertEquals([...new Set(never!.losses)], [0]);
      assertEquals([never!.quality.value, never!.prompts.length], [1, 12]);
      assert(always!.quality.value < 0.95, `${risk} ${always!.quality.value}`);
      assert(always!.losses.every((loss) => loss >= 0 && loss <= 1));
      assert(always!.cost!.value < never!.cost!.value);
    } finally {
      it.close();
    }
  }
});

Deno.test("calibrationLosses() replays what teacher-forced runs give", async () => {
  const it = await plan("recompute");
  try {
    const replayed = (await calibrationLosses(it, { risk: "consistency", wantsCost: false }, IO))!;
    assertStrictEquals(replayed.basis, "replayed");
    const store = memoryStore();
    await runPlan({ ...it, request: { ...it.request, passes: ["lockstep"] } }, { store });
    const { records } = await store.read();
    it.request.arms.slice(1).forEach(({ label }, i) => {
      const run = recordedLosses(records, { label, baseline: "full_depth", risk: "consistency" });
      assertEquals(replayed.settings[i]!.prompts, run.prompts.toSorted());
      const byPrompt = new Map(run.prompts.map((prompt, at) => [prompt, run.losses[at]!]));
      const { prompts, losses } = replayed.settings[i]!;
      prompts.forEach((prompt, at) => {
        assertAlmostEquals(losses[at]!, byPrompt.get(prompt)!, 1e-12, `${label} ${prompt}`);
      });
    });
  } finally {
    it.close();
  }
});
