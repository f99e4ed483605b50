import { assert, assertEquals, assertThrows } from "@std/assert";
import { blockPoint, pointOf, tokenPoint } from "../../harness/conformance/policy_samples.ts";
import {
  type Action,
  type BlockPoint,
  type OptionInput,
  parseOptions,
  type PolicyEvent,
} from "../../harness/contract/mod.ts";
import {
  decideFreeShallowDeep,
  freeMixture,
  freeShallowDeep,
  type FreeShallowDeepOptions,
  type FreeShallowDeepState,
  reduceFreeShallowDeep,
  validateFreeShallowDeep,
} from "./free_shallow_deep.ts";

const owner = { kind: "policy", name: "free_shallow_deep" };
const read = (input: OptionInput): FreeShallowDeepOptions =>
  parseOptions(owner, { schema: freeShallowDeep.options, input: { exit: 4, ...input } });

const START = freeShallowDeep.state!.initial(pointOf(12), read({}));

/** The moments that `count` draws of a Beta(a, b) law have in expectation. */
function momentsOf(a: number, b: number, count: number) {
  const mean = a / (a + b);
  const variance = a * b / ((a + b) ** 2 * (a + b + 1));
  return { count, sum: count * mean, squares: count * (mean * mean + variance) };
}

/** The card's mixture: Beta(4, 2) with weight .7 agrees, Beta(2, 4) with .3 does not. */
const KNOWN: FreeShallowDeepState = {
  agreeing: momentsOf(4, 2, 70),
  differing: momentsOf(2, 4, 30),
  running: undefined,
};

/** The decision at the shallow exit for a confidence. */
function decide(c: number, state: FreeShallowDeepState, input: OptionInput = {}, height = 4) {
  const token = tokenPoint(pointOf(12), { phase: "decode", position: 9, emitted: 1, state });
  const point = blockPoint(token, { height, signals: { token: 7, margin: c } });
  return decideFreeShallowDeep(point as BlockPoint<FreeShallowDeepState>, read(input));
}

const decision = (token: number, margin: number, action: Action): PolicyEvent => ({
  kind: "decision",
  height: 4,
  action,
  signals: { token, margin },
});
const emitted = (predicted: number, token = predicted): PolicyEvent => ({
  kind: "token",
  token,
  predicted,
  exitHeight: 12,
  blocksRun: 12,
});

const after = (events: readonly PolicyEvent[], state = START): FreeShallowDeepState =>
  events.reduce((now, event) => reduceFreeShallowDeep(now, event, read({})), state);

Deno.test("decideFreeShallowDeep() compares with the first threshold until the laws are known", () => {
  assertEquals(decide(0.9, START), "exit");
  assertEquals(decide(0.89, START), "run");
  assertEquals(decide(0.5, START, { threshold: 0.5 }), "exit");
  assertEquals(decide(NaN, START), "run");
  assertEquals(decide(0.95, START, {}, 5), "run");
});

Deno.test("decideFreeShallowDeep() exits by the card's mixture between .3 and .5", () => {
  assertEquals([.3, .5, .7, .9].map((c) => decide(c, KNOWN)), ["run", "exit", "exit", "exit"]);
  assertEquals(decide(.5, KNOWN, { zeta: 0.71 }), "run");
  assertEquals(decide(.5, KNOWN, { zeta: 0.69 }), "exit");
  assertEquals(decide(NaN, KNOWN), "run");
});

Deno.test("decideFreeShallowDeep() keeps the first threshold when it is not adaptive", () => {
  assertEquals(decide(.7, KNOWN, { adaptive: false }), "run");
});

Deno.test("decideFreeShallowDeep() never exits at the bound of either threshold", () => {
  for (const state of [START, KNOWN]) {
    for (const c of [0.9, 1, 1 + 2 ** -23]) assertEquals(decide(c, state, { threshold: 1 }), "run");
  }
  assertEquals(decide(1, KNOWN, { zeta: 1 }), "run");
});

Deno.test("freeMixture() waits for enough tokens of both kinds, and for a law that fits", () => {
  const wanting = (count: number) => ({ ...KNOWN, differing: momentsOf(2, 4, count) });
  assertEquals(freeMixture(wanting(7), read({})), undefined);
  assert(freeMixture(wanting(8), read({})) !== undefined);
  const alike = { ...KNOWN, differing: { count: 9, sum: 9 * .2, squares: 9 * .04 } };
  assertEquals(freeMixture(alike, read({})), undefined);
});

Deno.test("reduceFreeShallowDeep() learns from tokens that ran deep", () => {
  const state = after([
    decision(7, .5, "run"),
    emitted(7),
    decision(7, .25, "run"),
    emitted(8),
  ]);
  assertEquals(state.agreeing, { count: 1, sum: .5, squares: .25 });
  assertEquals(state.differing, { count: 1, sum: .25, squares: .0625 });
  assertEquals(state.running, undefined);
});

Deno.test("reduceFreeShallowDeep() compares with the prediction, not with a given text", () => {
  const state = after([decision(7, .5, "run"), emitted(7, 3)]);
  assertEquals([state.agreeing.count, state.differing.count], [1, 0]);
});

Deno.test("reduceFreeShallowDeep() learns nothing from an exit until it is recomputed", () => {
  const exited = after([decision(7, .75, "exit"), emitted(7)]);
  assertEquals(exited, START);
  const signals = { token: 7, margin: .75 };
  const recomputed = { kind: "recomputed", predicted: 9, exitHeight: 4, signals } as const;
  const told = after([recomputed], exited);
  assertEquals([told.agreeing.count, told.differing], [0, { count: 1, sum: .75, squares: .5625 }]);
});

Deno.test("reduceFreeShallowDeep() ignores tokens that were not asked about", () => {
  assertEquals(after([emitted(7)]), START);
});

Deno.test("validateFreeShallowDeep() refuses an exit at full depth", () => {
  assertThrows(
    () => validateFreeShallowDeep(pointOf(4).model, read({})),
    RangeError,
    "Cannot exit at height 4: expected a height from 1 to 3",
  );
});

Deno.test("freeShallowDeep observes recomputed positions only when it learns", () => {
  const { observesRecomputed } = freeShallowDeep.state!;
  assertEquals(observesRecomputed?.(read({})), true);
  assertEquals(observesRecomputed?.(read({ adaptive: false })), false);
});
