import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  addShadow,
  countedColumns,
  del,
  delAlpha,
  type DelCounts,
  delHeights,
  delThreshold,
} from "./del.ts";

// papers/del.md, section 6: eight blocks, exits 1..7, the draft from exit 3
const TOKENS = [
  [11, 3, 3, 9, 1],
  [11, 4, 3, 9, 1],
  [11, 22, 3, 9, 1],
  [11, 22, 5, 9, 1],
  [11, 22, 33, 9, 7],
  [11, 22, 33, 44, 7],
  [11, 22, 33, 44, 55],
  [11, 22, 33, 44, 55],
];
const BEFORE = [[2, 8], [3, 7], [5, 5], [6, 4], [8, 2], [9, 1], [9.5, .5]];
const SHADOW = {
  heights: [1, 2, 3, 4, 5, 6, 7, 8],
  tokens: TOKENS,
  top1: TOKENS.map(() => [.8, .65, .3, .5, .5]),
};

Deno.test("addShadow() counts up to the first mismatch with decay, as the card computes", () => {
  const before = BEFORE.map(([matches, mismatches]): DelCounts => ({
    count: [matches!, mismatches!],
    confidence: [.7 * matches!, .3 * mismatches!],
  }));
  const columns = countedColumns(SHADOW, 2);
  assertEquals(columns, 3);
  const after = addShadow(before, SHADOW, { columns, decay: .95 });
  const counts = [
    [2.9, 9.6],
    [3.85, 8.65],
    [6.75, 5.75],
    [7.7, 4.8],
    [10.6, 1.9],
    [11.55, .95],
    [12.025, .475],
  ];
  const alphas = [.232, .308, .54, .616, .848, .924, .962];
  after.forEach((each, i) => {
    assertAlmostEquals(each.count[0], counts[i]![0]!, 1e-9);
    assertAlmostEquals(each.count[1], counts[i]![1]!, 1e-9);
    assertAlmostEquals(delAlpha(each), alphas[i]!, 5e-4);
  });
  assertAlmostEquals(after[2]!.confidence[0], 4.775);
  assertAlmostEquals(after[2]!.confidence[1], 1.725);
  assertAlmostEquals(delThreshold(after[2]!), .5037, 5e-5);
});

Deno.test("del stops a draft below the threshold only, and never without one", () => {
  const state = {
    layerCount: 8,
    chosen: 0,
    length: 1,
    first: false,
    heights: [{ count: [6.75, 5.75], confidence: [4.775, 1.725] }] as const,
  };
  const options = { ...DEFAULTS, every: 1 };
  const decide = (top1: number, heights: readonly DelCounts[] = state.heights) =>
    del.decide!({ state: { ...state, heights }, signals: { top1 } } as never, options);
  assertEquals(decide(.50), "stop");
  assertEquals(decide(.51), "go_on");
  assertEquals(decide(0, [{ count: [3, 0], confidence: [2, 0] }]), "go_on");
});

Deno.test("delHeights() are every n-th from the lowest, below full depth", () => {
  assertEquals(delHeights(8, { lowest: 1, every: 3 }), [1, 4, 7]);
  assertEquals(delHeights(3, { lowest: 9, every: 1 }), [2]);
});

const DEFAULTS = {
  decay: .95,
  draft: 18,
  lowest: 1,
  every: 1,
  context: 32,
  dynamicStop: true,
  headLayers: 0,
};
