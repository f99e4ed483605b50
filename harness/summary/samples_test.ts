import { assert, assertEquals } from "@std/assert";
import { arm, free, lockstep, storedRun, suite } from "./_test_run.ts";
import { viewRun } from "./run_view.ts";
import { samplesOf } from "./samples.ts";

const arms = [
  arm("full", { role: "baseline" }),
  arm("k"),
  arm("copy of full", { role: "sentinel" }),
];

Deno.test("samplesOf() marks each token that differs, past the baseline's end too", () => {
  const view = viewRun(storedRun({
    arms,
    suites: [suite("copy")],
    records: [
      free("k", "a", { tokens: [1, 9, 3, 4], heights: [30, 7, 30, 30], score: 0 }),
      free("full", "a", { tokens: [1, 2, 3], score: 1 }),
      free("copy of full", "a", { tokens: [1, 2, 3] }),
    ],
  }));
  const [sample] = samplesOf(view, 6);
  assertEquals([sample!.prompt, sample!.target], ["prompt of a", "target of a"]);
  assertEquals(sample!.outputs.map(({ arm, score }) => [arm, score]), [["full", 1], ["k", 0]]);
  assertEquals(sample!.outputs[1]!.tokens.map(({ differs }) => differs), [
    false,
    true,
    false,
    true,
  ]);
  assertEquals(sample!.outputs[1]!.tokens[1], {
    text: "<9>",
    height: 7,
    blocksRun: 7,
    differs: true,
    instead: "<2>",
  });
  assertEquals(sample!.outputs[1]!.tokens[3]!.instead, undefined);
});

Deno.test("samplesOf() takes suites in turn, and within one departures and agreements", () => {
  const records = ["a", "b", "c", "d", "e"].flatMap((item, i) => [
    free("full", item),
    free("k", item, { tokens: i === 3 ? [1, 2, 9] : [1, 2, 3] }),
    free("full", item, { suite: "recall" }),
    free("k", item, { suite: "recall" }),
  ]);
  const view = viewRun(storedRun({ arms, suites: [suite("copy"), suite("recall")], records }));
  const samples = samplesOf(view, 6).map(({ suite, item }) => `${suite}/${item}`);
  assertEquals(samples, ["copy/d", "recall/a", "copy/a", "recall/b", "copy/b", "recall/c"]);
  assertEquals(samplesOf(view, 0), []);
});

Deno.test("samplesOf() shows given texts where nothing was generated", () => {
  const fullNll = new Array(300).fill(1);
  const view = viewRun(storedRun({
    arms,
    suites: [suite("prose", "likelihood")],
    records: [lockstep("k", "a", { fullNll, flips: fullNll.map((_, t) => t === 1 ? 1 : 0) })],
  }));
  const [sample] = samplesOf(view, 6);
  const [output] = sample!.outputs;
  assert(output!.forced);
  assertEquals(output!.tokens.length, 200);
  assertEquals(output!.tokens.slice(0, 3).map(({ differs }) => differs), [false, true, false]);
});

Deno.test("samplesOf() shows what a policy read of a token, and of given texts the likelihoods", () => {
  const signals = { names: ["m"], kinds: ["margin"], heights: [-1, 7], values: [[NaN, 0.93]] };
  const view = viewRun(storedRun({
    arms,
    suites: [suite("prose", "likelihood")],
    records: [
      lockstep("full", "a"),
      { ...lockstep("k", "a", { policyNll: [1, 2.5], heights: [30, 7] }), signals },
    ],
  }));
  const [first, second] = samplesOf(view, 6)[0]!.outputs[1]!.tokens;
  assertEquals([first!.read, first!.given], [undefined, { nll: 1, fullNll: 1, kl: 0 }]);
  assertEquals(second!.read, { height: 7, signals: [{ name: "m", value: 0.93 }] });
  assertEquals(second!.given, { nll: 2.5, fullNll: 2, kl: 0.5 });
});

Deno.test("samplesOf() keeps 200 tokens of an output and counts the others", () => {
  const tokens = Array.from({ length: 203 }, (_, i) => i);
  const view = viewRun(storedRun({
    arms,
    suites: [suite("copy")],
    records: [free("full", "a", { tokens }), free("k", "a", { tokens: tokens.slice(0, 200) })],
  }));
  const outputs = samplesOf(view, 6)[0]!.outputs;
  assertEquals(outputs.map(({ tokens, leftOut }) => [tokens.length, leftOut]), [
    [200, 3],
    [200, undefined],
  ]);
});
