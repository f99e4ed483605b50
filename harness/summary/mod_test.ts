import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertFalse,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { InputError } from "../contract/errors.ts";
import type { RunRecord, StoredRun } from "../contract/record.ts";
import { createRandom } from "../numerics/random.ts";
import { arm, free, lockstep, storedRun, suite, timed, type TokenCost } from "./_test_run.ts";
import { summarize } from "./mod.ts";

const options = { resamples: 499, margin: 0.02 };
const arms = [
  arm("full_depth", { role: "baseline", scope: "run" }),
  arm("full_depth (again)", { role: "sentinel", scope: "run" }),
  arm("fixed_exit(exit=15)", { scope: "run" }),
  arm("calm(threshold=0.9)", { scope: "rule" }),
];

/** How an arm of {@linkcode madeUpRun} behaves. */
interface Behaviour {
  readonly speedUp?: number;
  readonly cost?: TokenCost;
  /** Every how many items the answer is lost; none when absent. */
  readonly loses?: number;
}

/** 16 prompts: generations, given texts and two visits each, 1 % timing noise. */
function madeUpRun(
  behaviours: readonly Behaviour[],
  { seed = 1, noise = 0.01 }: { readonly seed?: number; readonly noise?: number } = {},
): StoredRun {
  const random = createRandom(seed);
  const records: RunRecord[] = [];
  for (let i = 0; i < 16; i++) {
    const item = `i${String(i).padStart(2, "0")}`;
    const level = 10 + 10 * random.uniform();
    behaviours.forEach(({ speedUp = 1, cost, loses = Infinity }, k) => {
      const { label, role } = arms[k]!;
      for (const repetition of [0, 1]) {
        const decodeMs = level / speedUp * Math.exp(noise * random.normal());
        records.push(timed(label, item, {
          repetition,
          decodeMs,
          startMs: 100 * i + 50 * repetition + k,
          ...(cost === undefined ? {} : { cost }),
        }));
      }
      if (role === "sentinel") return;
      const height = cost?.blocks ?? 30;
      records.push(free(label, item, {
        tokens: i % loses === loses - 1 ? [1, 2, 9] : [1, 2, 3],
        heights: [30, height, height],
        score: i % loses === loses - 1 ? 0 : 1,
        ...(cost === undefined ? {} : { cost }),
      }));
      records.push(lockstep(label, item, {
        policyNll: [1, 2 + (cost === undefined ? 0 : 0.001)],
        heights: [30, height],
      }));
    });
  }
  return storedRun({ arms, suites: [suite("copy"), suite("prose", "likelihood")], records });
}

const halfDepth: Behaviour = { speedUp: 1.6, cost: { blocks: 15 } };
const greedyReader: Behaviour = { speedUp: 0.4, cost: { blocks: 15, readouts: 15, projected: 15 } };

Deno.test("summarize() names the best policy of the best class it keeps", () => {
  const summary = summarize(madeUpRun([{}, {}, halfDepth, greedyReader]), options);
  assertEquals(summary.arms.map(({ label }) => label), [
    "full_depth",
    "fixed_exit(exit=15)",
    "calm(threshold=0.9)",
  ]);
  const [baseline, exit, calm] = summary.arms;
  assertEquals(summary.noise?.verdict, "quiet");
  assertEquals([exit!.speed?.verdict, calm!.speed?.verdict], ["faster", "slower"]);
  assertEquals(exit!.worstQuality, "A");
  assertEquals([baseline!.speed?.perPrompt.value, baseline!.cost?.macs], [1, 1]);
  assertEquals([exit!.exitRate, exit!.heights?.[15]], [1, 32]);
  assertAlmostEquals(exit!.quality[1]!.ratio!.value, Math.exp(-0.0005), 1e-9);
  assertEquals(summary.answer.length, 1);
  assertStringIncludes(summary.answer[0]!, "Best in class A (at least 99.9 %");
  assertStringIncludes(summary.answer[0]!, "fixed_exit(exit=15), 1.6");
  assertEquals(summary.pareto?.speedAxis, "measured speed-up");
  assertEquals(
    summary.pareto?.points.find(({ label }) => label.startsWith("calm"))?.onFront,
    false,
  );
});

Deno.test("summarize() says that nothing pays and which ledger term forbids it", () => {
  const summary = summarize(madeUpRun([{}, {}, { ...halfDepth, loses: 3 }, greedyReader]), options);
  assertStringIncludes(summary.answer[0]!, "No policy pays");
  const calm = summary.answer.find((line) => line.startsWith("calm"))!;
  assertStringIncludes(calm, "reads out 15.0 times per token");
  assertStringIncludes(calm, "readouts alone cost 3.06 × a full-depth step");
  const exit = summary.answer.find((line) => line.startsWith("fixed_exit"))!;
  assertStringIncludes(exit, "keeps 68.8 % of full depth's quality on copy");
  assertStringIncludes(exit, "it is 1.6");
});

Deno.test("summarize() leaves an undecided run open instead of saying that nothing pays", () => {
  const { answer } = summarize(madeUpRun([{}, {}, {}, {}], { noise: 0.2 }), options);
  assertStringIncludes(answer[1]!, "No policy is shown to pay");
  assertStringIncludes(answer[2]!, "cannot tell from no gain (the least it can detect is");
  assertStringIncludes(answer[2]!, "it runs 30.0 of 30 blocks: it saves nothing");
});

Deno.test("summarize() does not depend on the order of the records", () => {
  const run = madeUpRun([{}, {}, { ...halfDepth, loses: 5 }, greedyReader]);
  const shuffled = { ...run, records: [...run.records].reverse() };
  assertEquals(summarize(shuffled, options), summarize(run, options));
});

Deno.test("summarize() warns of failures, few prompts, noise and arms that never act", () => {
  const run = madeUpRun([{}, {}, halfDepth, {}], { noise: 0.3 });
  const failed: RunRecord = {
    cell: "x",
    suite: "copy",
    item: "i00",
    group: "i00",
    arm: "fixed_exit(exit=15)",
    repetition: 0,
    pass: "free",
    outcome: "failed",
    message: "Cannot decode: broken",
  };
  const few = run.records.filter(({ item }) => item < "i05");
  const summary = summarize({
    ...run,
    manifest: {
      ...run.manifest,
      backend: { ...run.manifest.backend, features: ["adapter llvmpipe (LLVM 15)"] },
    },
    records: [...few, failed],
  }, options);
  const text = summary.warnings.join("\n");
  for (
    const part of [
      'software adapter ("adapter llvmpipe (LLVM 15)")',
      "fixed_exit(exit=15): 1 cell failed, first reason: Cannot decode: broken",
      "Noisy timing",
      "Suite copy rests on 5 prompts",
      "Timing rests on 5 prompts",
      "calm(threshold=0.9) never acted",
      "changed no score on suite copy: with 5 prompts losses on up to 60.0 %",
      "no difference in speed shown (inconclusive)",
    ]
  ) assertStringIncludes(text, part);
  assertFalse(text.includes("fixed_exit(exit=15) acted on every token"), "static plans always act");
  assertEquals(summary.arms[1]!.counts.failed, 1);
  assertStringIncludes(summary.answer[0]!, "timing is noisy");
});

Deno.test("summarize() warns of a rule that acts on every token", () => {
  const { warnings } = summarize(madeUpRun([{}, {}, halfDepth, greedyReader]), options);
  assert(warnings.some((line) => line.startsWith("calm(threshold=0.9) acted on every token")));
});

Deno.test("summarize() leaves out what was not measured", () => {
  const run = madeUpRun([{}, {}, halfDepth, greedyReader]);
  const only = (pass: RunRecord["pass"]) =>
    summarize({ ...run, records: run.records.filter((record) => record.pass === pass) }, options);
  const texts = only("lockstep");
  assertEquals([texts.noise, texts.pareto, texts.arms[1]!.speed, texts.arms[1]!.cost], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(texts.arms[1]!.exitRate, 1);
  assertStringIncludes(texts.answer[0]!, "Nothing was timed");
  const generations = only("free");
  assertEquals(generations.pareto?.speedAxis, "full-depth MACs ÷ MACs");
  assertEquals(generations.arms[1]!.fidelity, undefined);
  const times = only("timed");
  assertStringIncludes(times.answer.join("\n"), "No quality was measured");
  assertStringIncludes(times.answer.join("\n"), "Fastest: fixed_exit(exit=15)");
  const nothing = summarize({ ...run, records: [] }, options);
  assertEquals([nothing.samples.length, nothing.methods.length], [0, 1]);
  const unsolved = run.records.flatMap((record) =>
    record.pass === "free" && record.outcome === "ok" ? [{ ...record, score: 0 }] : []
  );
  const { answer, warnings } = summarize({ ...run, records: unsolved }, options);
  assert(answer.some((line) => line.startsWith("Full depth solves no suite")));
  assert(warnings.some((line) => line.startsWith("Full depth scores 0 on suite copy")));
});

Deno.test("summarize() holds only numbers that JSON keeps, or NaN for one prompt", () => {
  const run = madeUpRun([{}, {}, halfDepth, greedyReader]);
  const one = { ...run, records: run.records.filter(({ item }) => item === "i00") };
  const summary = summarize(one, options);
  assertEquals(summary.arms[1]!.speed?.perPrompt.low, NaN);
  assertEquals(summary.arms[1]!.speed?.verdict, "inconclusive");
  const strange: string[] = [];
  JSON.stringify(summary, (key, value) => {
    if (value === Infinity || value === -Infinity) strange.push(key);
    return value;
  });
  assertEquals(strange, []);
});

Deno.test("summarize() defines every number that it holds", () => {
  const terms = summarize(madeUpRun([{}, {}, halfDepth, greedyReader]), options).methods
    .map(({ term }) => term);
  assertEquals(new Set(terms).size, terms.length);
  for (const term of ["verdict", "quality class", "MAC shares", "agreement", "churn", "samples"]) {
    assert(terms.includes(term), term);
  }
});

Deno.test("summarize() refuses a run without a baseline and options without meaning", () => {
  const run = madeUpRun([{}, {}, {}, {}]);
  const manifest = { ...run.manifest, arms: arms.slice(1) };
  assertThrows(() => summarize({ ...run, manifest }), InputError, 'role "baseline"');
  assertThrows(() => summarize(run, { resamples: 0 }), RangeError, "resamples");
  assertThrows(() => summarize(run, { margin: -1 }), RangeError, "margin");
});
