import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { LockstepRecord } from "../contract/record.ts";
import { lockstep } from "./_test_run.ts";
import { confidenceOf } from "./confidence.ts";

/** A text whose tokens left at the given heights with the given margins. */
function text(item: string, tokens: readonly (readonly [number, number, 0 | 1])[]): LockstepRecord {
  const all = [[30, NaN, 0] as const, ...tokens]; // the first one comes from the prompt
  const heights = all.map(([height]) => height);
  return {
    ...lockstep("k", item, {
      fullNll: all.map(() => 1),
      flips: all.map(([, , flip]) => flip),
      heights,
    }),
    signals: {
      names: ["m"],
      kinds: ["margin"],
      heights: heights.map((height, t) => t === 0 ? -1 : Math.min(height, 29)),
      values: [all.map(([, margin]) => margin)],
    },
  };
}

const range = <T>(n: number, make: (i: number) => T) =>
  Array.from({ length: n }, (_, i) => make(i));

Deno.test("confidenceOf() groups tokens by exit height, then evenly by confidence", () => {
  const tokens = range(16, (i) => [5, i / 16, i < 8 ? 1 : 0] as const);
  const found = confidenceOf([text("a", tokens.slice(0, 9)), text("b", tokens.slice(9))], 30)!;
  assertEquals([found.signal, found.kind, found.leftOut], ["m", "margin", 0]);
  assertEquals(found.bins.map(({ height, tokens }) => [height, tokens]), [[5, 8], [5, 8]]);
  assertEquals(found.bins.map(({ agreement }) => agreement.value), [0, 1]);
  assertAlmostEquals(found.bins[0]!.confidence, 3.5 / 16);
  assertAlmostEquals(found.bins[1]!.confidence, 11.5 / 16);
});

Deno.test("confidenceOf() leaves out full depth, first tokens and heights with few tokens", () => {
  const found = confidenceOf([
    text("a", [...range(8, () => [4, 0.9, 0] as const), [7, 0.9, 0], [30, 0.1, 0]]),
  ], 30)!;
  assertEquals(found.bins.map(({ height, tokens }) => [height, tokens]), [[4, 8]]);
  assertEquals(found.leftOut, 1);
  assertEquals(confidenceOf([text("a", [[30, 0.1, 0]])], 30), undefined);
  assertEquals(confidenceOf([lockstep("k", "a", { heights: [30, 5] })], 30), undefined);
});

Deno.test("confidenceOf() widens intervals where tokens of a text are alike", () => {
  const alike = range(10, (i) => text(`${i}`, range(20, () => [5, 0.5, i < 5 ? 1 : 0] as const)));
  const mixed = range(10, (i) => text(`${i}`, range(20, (t) => [5, 0.5, t % 2 ? 1 : 0] as const)));
  const [a, m] = [alike, mixed].map((texts) => {
    const bins = confidenceOf(texts, 30)!.bins;
    assertEquals(bins.reduce((total, { tokens }) => total + tokens, 0), 200);
    return bins;
  });
  const width = (bins: typeof a) =>
    bins!.reduce((most, { agreement }) => Math.max(most, agreement.high - agreement.low), 0);
  assert(width(a) > width(m), `${width(a)} ${width(m)}`);

  const unsplit = confidenceOf(
    range(12, (i) => text(`${i}`, [[5, 0.5, i < 6 ? 1 : 0]])),
    30,
  )!.bins;
  assertEquals(unsplit.length, 1);
  assertAlmostEquals(unsplit[0]!.agreement.low, 0.2538, 0.001); // 6 of 12, by hand
});

Deno.test("confidenceOf() counts texts, not tokens, where each text is all right or all wrong", () => {
  const of = (flip: 0 | 1) => range(6, () => [5, 0.5, flip] as const);
  const [bin] = confidenceOf([text("a", of(0)), text("b", of(1))], 30)!.bins;
  assertEquals([bin!.tokens, bin!.agreement.value, bin!.agreement.clusters], [12, 0.5, 2]);
  assertAlmostEquals(bin!.agreement.low, 0.0945, 0.001); // Wilson's of 1 in 2, by hand
});
