import { assert, assertAlmostEquals } from "@std/assert";
import { loadModel } from "../cli/model_files.ts";
import { resolveArms } from "../cli/policy_arms.ts";
import { promptTokens } from "../cli/prompt_tokens.ts";
import { readEnvironment } from "../cli/environment.ts";
import { BUILT_IN } from "../cli/registry.ts";
import { memoryStore } from "../harness/memory_store.ts";
import { planRun, runPlan } from "../harness/runner.ts";
import { summarize } from "../harness/summary/mod.ts";
import type { ArmSummary } from "../harness/contract/summary.ts";

/** Static policies: their plans are known before a token starts. */
const STATIC = [
  "full_depth",
  "fixed_exit(exit=6)",
  "fixed_exit(exit=9)",
  "unified_layer_skipping(ratio=2)",
  "layer_list(skip=[5],prompt=false)",
];
/** A machine that does other things at once is given another chance. */
const ATTEMPTS = 4;

async function timeStatic(): Promise<readonly ArmSummary[]> {
  const model = await loadModel("tiny");
  const context = { policies: BUILT_IN.policies, model: model.checkpoint.info };
  const [baseline, ...others] = await resolveArms(STATIC, context);
  const plan = await planRun({
    model,
    backend: BUILT_IN.backends.find("wasm"),
    suites: [{
      plugin: BUILT_IN.suites.find("mixed"),
      size: "smoke",
      split: "test",
      seed: 0,
      limit: 2,
    }],
    arms: [baseline!, ...others],
    passes: ["timed"],
    seed: 0,
    repetitions: 7,
    timedTokens: 32,
    margin: 0.01,
    environment: readEnvironment(),
    harness: "test",
    encodePrompt: (prompt, framing) => promptTokens(model, { prompt, framing }),
  });
  try {
    const store = memoryStore();
    await runPlan(plan, { store });
    return summarize(await store.read(), { resamples: 200 }).arms;
  } finally {
    plan.close();
  }
}

Deno.test("part times explain static policies on wasm within a tenth of a full-depth step", async () => {
  let told = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const arms = await timeStatic();
    const full = arms[0]!.ledger!.measuredMs;
    for (const { ledger } of arms) {
      const { predictedMs, measuredMs, residual } = ledger!;
      assertAlmostEquals(predictedMs + residual * full, measuredMs, 1e-9);
    }
    if (arms.every(({ ledger }) => !ledger!.red)) return;
    told = arms.map(({ label, ledger }) => `${label} ${(100 * ledger!.residual).toFixed(1)} %`)
      .join(", ");
  }
  assert(false, `residuals of a full-depth step: ${told}`);
});
