import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  confidenceOf,
  gradient,
  lessPeaked,
  standardScores,
  windows,
} from "./_layer_confidence.ts";
import { confLayers, type ConfLayersState, fewestSkipped, moveSlack } from "./conf_layers.ts";
import { oddBlocks } from "./_skip_set.ts";

function entropyOf(values: readonly number[]): number {
  const mass = values.reduce((sum, value) => sum + Math.exp(value), 0);
  return -values.reduce((sum, v) => sum + Math.exp(v) / mass * Math.log(Math.exp(v) / mass), 0);
}

function close(actual: readonly number[], expected: readonly number[], tolerance = 1e-3): void {
  assertEquals(actual.length, expected.length);
  expected.forEach((value, i) => assertAlmostEquals(actual[i]!, value, tolerance));
}

// papers/conflayers.md, section 6: ten blocks
const SCORES = [.10, .16, .12, .18, .13, .22, .20, .30];

Deno.test("confidenceOf() is one minus the relative feature entropy", () => {
  const peaked = entropyOf([2, 0, 0, 0]);
  assertAlmostEquals(confidenceOf(peaked, 4), .337598, 1e-6);
  assertAlmostEquals(confidenceOf((peaked + entropyOf([0, 0, 0, 0])) / 2, 4), .168799, 1e-6);
  assertAlmostEquals(confidenceOf(entropyOf([0, 0, 0, 0]), 4), 0, 1e-11);
});

Deno.test("gradient() is central inside and one-sided at the ends", () => {
  assertEquals(gradient([1, 4, 2, 8]), [3, .5, 2, 6]);
  assertEquals(gradient(gradient([1, 4, 2, 8])), [-2.5, -.5, 2.75, 4]);
});

Deno.test("lessPeaked() finds the card's blocks", () => {
  const z = standardScores(SCORES);
  close(z, [-1.2623, -.2690, -.9312, .0621, -.7657, .7243, .3932, 2.0487]);
  close(gradient(gradient(z)), [-.8278, -.4139, -.0414, .0828, .2483, .1656, .5381, .9933]);
  assertEquals(windows(z, 10), [2, 2, 2, 2, 3, 3, 4, 5]);
  assertEquals(lessPeaked(SCORES, { slack: 0, layerCount: 10 }), [1, 3, 5, 7]);
  assertEquals(lessPeaked(SCORES, { slack: .5, layerCount: 10 }), [1, 3, 5]);
});

Deno.test("lessPeaked() of equal scores is empty, and more slack never adds a block", () => {
  assertEquals(lessPeaked(SCORES.map(() => .2), { slack: 0, layerCount: 10 }), []);
  let before = lessPeaked(SCORES, { slack: -1, layerCount: 10 });
  for (let slack = -.9; slack < 2; slack += .1) {
    const now = lessPeaked(SCORES, { slack, layerCount: 10 });
    assertEquals(now.filter((block) => !before.includes(block)), []);
    before = now;
  }
});

Deno.test("moveSlack() and fewestSkipped() are the card's", () => {
  assertEquals(moveSlack(0, .5, .4), 0);
  assertAlmostEquals(moveSlack(.5, .375, .4), .45);
  assertAlmostEquals(moveSlack(0, .66, .4), .05);
  assertEquals([40, 30, 12].map((layers) => fewestSkipped(layers, .4)), [16, 12, 5]);
  assertEquals([40, 30, 12].map((layers) => oddBlocks(layers).length), [19, 14, 5]);
});

const OPTIONS = {
  ratio: .4,
  interval: 4,
  budget: 3,
  enough: .8,
  minAccepted: 2,
  context: 2,
  draft: 25,
  stop: .8,
};

function afterRounds(state: ConfLayersState, accepted: readonly number[]): ConfLayersState {
  return accepted.reduce((now, each) =>
    confLayers.state!.reduce(now, {
      kind: "round",
      proposal: { kind: "none" },
      position: 0,
      drafted: [1, 1, 1, 1],
      heights: [],
      signals: [],
      accepted: each,
      emitted: Array.from({ length: each + 1 }, () => 1),
    }, OPTIONS), state);
}

Deno.test("conf_layers proposes at a prompt, freezes a set that is accepted, and keeps the best", () => {
  const model = { layerCount: 12, dModel: 4 } as never;
  const { reduce, initial } = confLayers.state!;
  const first = reduce(
    initial({ model, limits: { maxTokens: 9, context: 9 } }, OPTIONS),
    { kind: "prompt", length: 5 },
    OPTIONS,
  );
  const waiting = afterRounds(first, [0, 0]);
  assertEquals(waiting.due, false); // not enough text yet
  const due = afterRounds(waiting, [0]);
  assertEquals(due.due, true);
  const measured = {
    kind: "measured",
    proposal: { kind: "measure", plan: [], rows: 2, what: "updates" },
    rows: 2,
    matches: 0,
    attention: Array.from({ length: 12 }, (_, l) => l % 2),
    mlp: Array.from({ length: 12 }, (_, l) => l % 2),
  } as const;
  const proposed = reduce(due, measured, OPTIONS);
  assertEquals([proposed.proposals, proposed.due, proposed.set], [1, false, [1, 3, 5, 7, 9]]);
  const done = afterRounds(proposed, [4, 4, 4, 4, 4]);
  assertEquals([done.searching, done.set], [false, proposed.set]);
  const weak = afterRounds(proposed, [1, 1, 1, 1, 1]);
  assertEquals([weak.searching, weak.due, weak.best.accepted], [true, true, 1]);
  const poor = afterRounds(proposed, [0, 0]);
  assertEquals([poor.due, poor.rates], [true, []]); // half an interval without luck is enough
  const last = reduce({ ...weak, proposals: 2 }, measured, OPTIONS);
  assertEquals([last.searching, last.set], [false, weak.best.set]);
});
