import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { readEnvironment } from "../cli/environment.ts";
import { loadModel } from "../cli/model_files.ts";
import { promptTokens } from "../cli/prompt_tokens.ts";
import { BUILT_IN } from "../cli/registry.ts";
import { nameRun } from "../cli/run_arms.ts";
import type { StoredRun } from "../harness/contract/record.ts";
import type { Summary } from "../harness/contract/summary.ts";
import { memoryStore } from "../harness/memory_store.ts";
import { parseRunSpec } from "../harness/run_spec.ts";
import { planRun, runPlan } from "../harness/runner.ts";
import { summarize } from "../harness/summary/mod.ts";

/** Runs a spec on tiny as the command line does, into memory. */
async function run(
  input: Record<string, unknown>,
): Promise<{ readonly stored: StoredRun; readonly summary: Summary }> {
  const spec = parseRunSpec({ repetitions: 1, timedTokens: 4, limit: 1, ...input });
  const model = await loadModel("tiny");
  const { suites, ...named } = await nameRun(spec, model.checkpoint.info);
  const { size, seed, split, limit } = spec;
  const plan = await planRun({
    model,
    backend: BUILT_IN.backends.find("wasm"),
    suites: suites.map((plugin) => ({ plugin, size, seed, split, limit })),
    ...named,
    seed,
    repetitions: spec.repetitions,
    timedTokens: spec.timedTokens,
    margin: spec.margin,
    environment: readEnvironment(),
    harness: "test",
    encodePrompt: (prompt, framing) => promptTokens(model, { prompt, framing }),
  });
  try {
    const store = memoryStore();
    await runPlan(plan, { store });
    const stored = await store.read();
    return { stored, summary: summarize(stored, { resamples: 200, samples: 0 }) };
  } finally {
    plan.close();
  }
}

const REPRODUCED = await run({ suites: ["reproduce", "mixed", "sorting"], limit: 2 });

Deno.test("reproduce puts every claim to the test, or says why not", () => {
  const [study] = REPRODUCED.summary.studies!;
  const claims = study!.claims!;
  assertEquals(REPRODUCED.summary.arms.flatMap(({ troubles }) => troubles), []);
  assert(claims.length >= 20);
  const papers = [
    "CALM",
    "unified layer skipping",
    "ShortGPT",
    "SkipDecode",
    "D3",
    "Lad",
    "Glavas",
    "Wei",
    "FREE",
    "EE-LLM",
    "LayerSkip",
  ];
  for (const paper of papers) assert(claims.some((claim) => claim.paper.includes(paper)), paper);
  for (const { verdict, measured, remark, claim } of claims) {
    assertEquals(measured === undefined, verdict === "not tested", claim);
    if (verdict === "not tested") assert(remark !== undefined && remark !== "", claim);
    assert(remark !== "the run holds no arms to test it on", claim);
  }
  const verdictOf = (part: string) => claims.find(({ claim }) => claim.includes(part))!.verdict;
  assertEquals(verdictOf("needs no refilled entries"), "holds");
  assertEquals(verdictOf("meets exact entries"), "holds");
  assertEquals(verdictOf("reads hidden states"), "not tested");
});

Deno.test("arms of a study stand aside, take part in its passes only, and share their prefix", () => {
  const { manifest, records } = REPRODUCED.stored;
  const deletions = manifest.arms.filter(({ policy }) => policy === "layer_list");
  assertEquals(deletions.length, 23);
  for (const { label, aside, passes } of deletions) {
    assertEquals([aside, passes], ["study", ["lockstep"]]);
    assert(records.some((record) => record.arm === label && record.pass === "lockstep"));
    assert(!records.some((record) => record.arm === label && record.pass !== "lockstep"));
  }
  assert(REPRODUCED.summary.arms.every(({ label }) => !label.startsWith("layer_list")));
});

Deno.test("what the lens sees of full depth fits its oracle heights", () => {
  const records = REPRODUCED.stored.records.flatMap((record) =>
    record.pass === "lockstep" && record.outcome === "ok" && record.lens !== undefined
      ? [record]
      : []
  );
  assertEquals(new Set(records.map(({ arm }) => arm)), new Set(["full_depth"]));
  for (const { lens, oracle, tokens } of records) {
    const { positions, agree, cosine, centred, state, blocks, shuffled } = lens!;
    assertEquals(positions, tokens.length);
    assertEquals(agree.at(-1), positions);
    for (const sums of [cosine, centred, state]) assertAlmostEquals(sums.at(-1)!, positions, 1e-3);
    assertEquals(blocks.length, 12);
    // a height agrees at least where agreement lasts from it on, and at most from the first on
    agree.forEach((count, height) => {
      assert(count >= oracle!.stable.filter((least) => least <= height).length);
      assert(count <= oracle!.first.filter((least) => least <= height).length);
    });
    if (positions > 1) assertEquals(shuffled.positions, positions);
  }
});

Deno.test("a run adds random skipping, in lockstep only, and shows it beside each policy", async () => {
  const policies = ["fixed_exit(exit=8)", "calm(threshold=0.3..0.9/3)"];
  const { stored, summary } = await run({ suites: ["mixed"], policies, limit: 3 });
  const controls = stored.manifest.arms.filter(({ aside }) => aside === "control");
  assert(controls.length >= 4);
  for (const { passes } of controls) assertEquals(passes, ["lockstep"]);
  const [exit] = summary.arms.filter(({ label }) => label.startsWith("fixed_exit"));
  assertAlmostEquals(exit!.control!.blocksRun, 8, 1);
  assertAlmostEquals(
    exit!.control!.difference.value,
    exit!.fidelity!.agreement.value - exit!.control!.agreement.value,
    1e-9,
  );
  assertEquals(summary.curves!.charts[0]!.series.map(({ points }) => points.length), [3]);
  const bare = await run({ suites: ["mixed"], policies, noControl: true, passes: ["lockstep"] });
  assert(bare.stored.manifest.arms.every(({ aside }) => aside === undefined));
});

Deno.test("sequence_oracle repeats the choice of the oracle gap, at its cost and score", async () => {
  const gap = await run({ suites: ["oracle_gap", "copy", "sorting"], limit: 8, passes: ["free"] });
  const [study] = gap.summary.studies!;
  const line = study!.lines.find((text) => text.startsWith("exit: to run that choice: "))!;
  const policy = line.slice(line.indexOf("sequence_oracle"));
  const { stored, summary } = await run({
    suites: ["copy", "sorting"],
    policies: [policy],
    passes: ["free"],
    limit: 8,
  });
  const scored = (run: StoredRun, arm: string) =>
    run.records.flatMap((record) =>
      record.pass === "free" && record.outcome === "ok" && record.arm === arm ? [record] : []
    );
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const chosen = scored(stored, stored.manifest.arms[1]!.label);
  const full = scored(stored, "full_depth");
  const scoreOf = (records: typeof chosen) => mean(records.map(({ score }) => score!));
  assert(scoreOf(chosen) >= scoreOf(full) - 1e-9, "the anchor scores what full depth does");
  const blocks = mean(chosen.map(({ blocksRun, heights }) => blocksRun[1] ?? heights[0]!));
  const told = Number(
    /oracle does with ([\d.]+)/.exec(
      study!.lines.find((text) => text.startsWith("exit: full depth scores"))!,
    )![1],
  );
  assert(blocks <= told + 0.06, `${blocks} blocks, told ${told}`);
  assert(summary.arms[1]!.card.deployable === false);
});

Deno.test("suitability weighs the lens against upper bounds and what exits achieve", async () => {
  const { summary } = await run({ suites: ["suitability", "mixed"], limit: 3 });
  const [study] = summary.studies!;
  const captions = study!.tables.map(({ caption }) => caption).join(" | ");
  for (const part of ["Adaptability Score", "Upper bounds", "really achieve"]) {
    assertStringIncludes(captions, part);
  }
  assert(study!.charts[0]!.series.every(({ points }) => points.length === 12));
});
