import { assertAlmostEquals, assertEquals } from "@std/assert";
import { bestExit, expectedTokens, tokensPerLayer } from "./_tokens_per_layer.ts";

// papers/del.md, section 6
const ALPHAS = [.232, .308, .5398, .616, .848, .924, .962];
const EXITS = [1, 2, 3, 4, 5, 6, 7];
const costs = (layerCount: number, headLayers = 0) => ({ layerCount, headLayers });

Deno.test("bestExit() chooses exits and lengths as the card computes", () => {
  const at = { exits: EXITS, mostDrafts: 18 };
  const plain = bestExit(ALPHAS, { ...at, costs: costs(8) })!;
  assertEquals([EXITS[plain.index], plain.draft], [5, 2]);
  assertAlmostEquals(
    tokensPerLayer(2.9 / 12.5, { exit: 1, draft: 0 }, costs(8)),
    1 / 8,
  );
  assertAlmostEquals(tokensPerLayer(10.6 / 12.5, { exit: 5, draft: 2 }, costs(8)), .142617, 1e-6);
  const priced = bestExit(ALPHAS, { ...at, costs: costs(8, 2) })!;
  assertEquals([EXITS[priced.index], priced.draft], [5, 1]);
  const other = bestExit([.1, .2, .5, .8, .9, .95, .97], { ...at, costs: costs(8) })!;
  assertEquals([EXITS[other.index], other.draft], [4, 2]);
  assertAlmostEquals(tokensPerLayer(.8, { exit: 4, draft: 2 }, costs(8)), .1525, 1e-6);
});

Deno.test("bestExit() takes the lowest exit on ties and none that is unknown", () => {
  const at = { exits: EXITS, mostDrafts: 18, costs: costs(8) };
  assertEquals(bestExit(EXITS.map(() => 0), at), { index: 0, draft: 0 });
  assertEquals(bestExit(EXITS.map(() => 1), at), { index: 0, draft: 17 });
  assertEquals(bestExit([NaN, NaN, .5, NaN, NaN, NaN, NaN], at)?.index, 2);
  assertEquals(bestExit(EXITS.map(() => NaN), at), undefined);
});

Deno.test("bestExit() on thirty blocks is fooled without the head's price", () => {
  const exits = Array.from({ length: 29 }, (_, i) => i + 1);
  const alphas = exits.map((l) => 1 - Math.exp(-l / 5));
  const pick = (headLayers: number) =>
    bestExit(alphas, { exits, mostDrafts: 18, costs: costs(30, headLayers) })!;
  const ratio = (index: number, draft: number, head: number) =>
    tokensPerLayer(alphas[index]!, { exit: exits[index]!, draft }, costs(30, head)) * (30 + head);
  const blind = pick(0);
  assertEquals([exits[blind.index], blind.draft], [9, 3]);
  assertAlmostEquals(ratio(blind.index, blind.draft, 0), 1.638, 5e-4);
  assertAlmostEquals(ratio(blind.index, blind.draft, 8), 1.329, 5e-4);
  const aware = pick(8);
  assertEquals([exits[aware.index], aware.draft], [11, 3]);
  assertAlmostEquals(ratio(aware.index, aware.draft, 8), 1.353, 5e-4);
});

Deno.test("expectedTokens() sums powers of alpha", () => {
  assertAlmostEquals(expectedTokens(.8, 4), 3.3616);
  assertEquals(expectedTokens(.5, 0), 1);
});
