/** The parts that come along: theirs is the embedded model, and they do what they promise. */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { checkPartsFile } from "../../cli/parts_check.ts";
import { armOf } from "../../harness/arm_request.ts";
import type { LockstepRecord, OptionInput, PolicyPlugin } from "../../harness/contract/mod.ts";
import { memoryStore } from "../../harness/memory_store.ts";
import { planRun, runPlan } from "../../harness/runner.ts";
import { parsePolicySpecs } from "../../harness/spec_text.ts";
import { wasmBackend } from "../../backends/wasm/mod.ts";
import { embeddedModels } from "../../models/embedded/mod.ts";
import { embeddedParts } from "../../models/embedded/parts.ts";
import { openModel } from "../../models/mod.ts";
import { joinParts, partsFor, readParts } from "../../models/parts/read_parts.ts";
import { dLlm, fullDepth, glavasController, valadeHeads } from "../../policies/mod.ts";
import { suites } from "../../suites/mod.ts";

Deno.test("embedded parts are 4 MB at most, one set of a name for a model", async () => {
  const sources = await Promise.all(embeddedParts.map((set) => set.source()));
  const bytes = sources.reduce((sum, { size }) => sum + size, 0);
  assert(bytes <= 4_000_000, `${bytes} bytes`);
  const names = embeddedParts.map(({ model, name }) => `${model}/${name}`);
  assertStrictEquals(new Set(names).size, names.length);
});

for (const { name, model } of embeddedParts) {
  Deno.test(`embedded parts ${name} belong to ${model}, and their policies find them`, async () => {
    const findings = await checkPartsFile(`embedded:${name}`, model);
    assertEquals(findings.filter(({ ok }) => !ok), []);
    assert(findings.some(({ check }) => check === "base model"));
  });
}

/** Suites whose items the parts were trained and calibrated on. */
const TRAINED: readonly string[] = ("copy recall arithmetic prose reverse induction recall_many " +
  "sorting brackets parity counting arithmetic_hard mixed sentence_vote keywords markov code " +
  "code_line").split(" ");

/** Lockstep records of arms on a few test items of some suites, the baseline left out. */
async function lockstep(
  model: string,
  sets: readonly string[],
  policies: readonly (readonly [PolicyPlugin, OptionInput])[],
): Promise<readonly LockstepRecord[]> {
  const loaded = await openModel(await embeddedModels.find(({ name }) => name === model)!.source());
  const { info } = loaded.checkpoint;
  const files = await Promise.all(
    embeddedParts.filter((set) => set.model === model && sets.includes(set.name))
      .map(async (set) => partsFor(await readParts(await set.source()), info)),
  );
  const plan = await planRun({
    model: loaded,
    backend: wasmBackend,
    parts: joinParts(files),
    suites: suites.filter(({ name }) => TRAINED.includes(name)).map((plugin) => ({
      plugin,
      size: "smoke",
      split: "test",
      seed: 0,
      limit: 4,
    })),
    arms: [armOf(fullDepth), ...policies.map(([plugin, options]) => armOf(plugin, { options }))],
    passes: ["lockstep"],
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
    encodePrompt: (prompt) => loaded.tokenizer.encode(prompt),
  });
  const store = memoryStore();
  try {
    await runPlan(plan, { store });
  } finally {
    plan.close();
  }
  const { records } = await store.read();
  return records.filter((record): record is LockstepRecord =>
    record.pass === "lockstep" && record.outcome === "ok" && record.arm !== "full_depth"
  );
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

for (const { model } of embeddedParts.filter(({ name }) => name === "valade")) {
  Deno.test(`valade_heads keeps the targets of ${model}'s file on test text`, async () => {
    const set = embeddedParts.find((each) => each.model === model && each.name === "valade")!;
    const { layout } = await readParts(await set.source());
    const targets = layout.summary.match(/\d*\.\d+/g)!.map(Number);
    assertStrictEquals(targets.length, layout.policies!.length);
    const specs = layout.policies!.map((text) => parsePolicySpecs(text)[0]!.options);
    const records = await lockstep(
      model,
      ["valade"],
      specs.map((options) => [valadeHeads as PolicyPlugin, options] as const),
    );
    const left: number[] = [];
    for (const [i, arm] of [...new Set(records.map(({ arm }) => arm))].entries()) {
      const own = records.filter((record) => record.arm === arm);
      const agreement = 1 - mean(own.flatMap(({ flips }) => flips));
      // The thresholds were fitted on other items of these suites, weighted by their lengths.
      assert(agreement >= targets[i]! - 0.02, `${arm}: ${agreement} < ${targets[i]}`);
      left.push(mean(own.flatMap(({ heights }) => heights)));
    }
    assert(left.every((height, i) => i === 0 || height >= left[i - 1]!), `${left}`);
    assert(left[0]! < 12, "some tokens leave");
  });
}

for (const { model } of embeddedParts.filter(({ name }) => name === "d_llm")) {
  Deno.test(`d_llm and glavas_controller skip blocks of ${model}, not all and not none`, async () => {
    const records = await lockstep(model, ["d_llm", "glavas"], [
      [dLlm as PolicyPlugin, {}],
      [glavasController as PolicyPlugin, { input: "hidden" }],
      [glavasController as PolicyPlugin, { input: "constant", stochastic: true }],
    ]);
    for (const arm of new Set(records.map((record) => record.arm))) {
      // The first token of a record comes from the prompt.
      const blocks = mean(
        records.filter((record) => record.arm === arm).flatMap(({ blocksRun }) =>
          blocksRun.slice(1)
        ),
      );
      assert(blocks > 3 && blocks < 11.5, `${arm} runs ${blocks} of 12 blocks`);
    }
  });
}
