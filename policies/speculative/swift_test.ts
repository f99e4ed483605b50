import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { planUpTo } from "../../harness/contract/mod.ts";
import { planWithout } from "./_skip_set.ts";
import {
  bestMembers,
  exchangeMembers,
  firstSwiftSet,
  isSearching,
  reduceSwift,
  swift,
  swiftSizes,
  type SwiftState,
} from "./swift.ts";

const OPTIONS = {
  ratio: .5,
  budget: 3,
  interval: 2,
  context: 8,
  enough: .95,
  draft: 8,
  stop: .8,
};
const START = swift.state!.initial(
  { model: { layerCount: 10 }, limits: { maxTokens: 9, context: 9 } } as never,
  OPTIONS,
);

function measured(state: SwiftState, matches: number, set = state.best): SwiftState {
  const plan = planWithout(set, 10);
  return reduceSwift(state, {
    kind: "measured",
    proposal: { kind: "measure", plan, rows: 8, what: "matches" },
    rows: 8,
    matches,
    attention: [],
    mlp: [],
  });
}

Deno.test("swift sets have the ratio's size and leave first and last block alone", () => {
  assertEquals(swiftSizes(10, .5), [4, 4]);
  const first = firstSwiftSet(10, .5);
  assertEquals(first, { attention: [2, 4, 6, 8], mlp: [2, 4, 6, 8] });
  for (let seed = 0; seed < 50; seed++) {
    const uniform = (i: number) => (Math.abs(Math.sin(seed * 99 + i * 7)) * 1000) % 1;
    const next = exchangeMembers(first, { layerCount: 10, uniform });
    assertEquals([next.attention.length, next.mlp.length], [4, 4]);
    assert([...next.attention, ...next.mlp].every((block) => block >= 1 && block <= 8));
    assertEquals(new Set(next.attention).size, 4);
  }
  assertEquals(firstSwiftSet(2, .5), { attention: [], mlp: [] });
});

Deno.test("swift keeps the better set and ends by matchness or budget", () => {
  const one = measured(START, 4);
  assertEquals([one.matchness, one.tried, one.waited], [.5, 1, 0]);
  const other = { attention: [1, 2, 3, 4], mlp: [5, 6, 7, 8] };
  const two = measured(one, 7, other);
  assertEquals([two.best, two.matchness], [other, .875]);
  assertEquals(measured(two, 3, START.best).best, other);
  assert(isSearching(two, OPTIONS));
  assert(!isSearching(measured(two, 8), OPTIONS));
  assert(!isSearching({ ...two, tried: 3 }, OPTIONS));
});

Deno.test("bestMembers() takes sub-blocks by their mean matchness", () => {
  const one = measured(measured(START, 2), 7, { attention: [1, 2, 3, 4], mlp: [5, 6, 7, 8] });
  assertEquals(bestMembers(one.scores, { layerCount: 10, ratio: .25 }), {
    attention: [1, 3],
    mlp: [5, 7],
  });
  assertAlmostEquals(one.scores[0]!.sum, .875);
});

Deno.test("swift waits its interval between tries and measures the candidate", () => {
  const point = { model: { layerCount: 10 }, uniform: () => .3 };
  const propose = (state: SwiftState) => swift.propose({ ...point, state } as never, OPTIONS);
  assertEquals(propose(START).kind, "plan");
  const waited = { ...START, waited: 2 };
  const measure = propose(waited);
  assert(measure.kind === "measure");
  assertEquals(measure.plan, planWithout(START.best, 10));
  assertEquals(planWithout({ attention: [], mlp: [] }, 3), planUpTo(3));
});
