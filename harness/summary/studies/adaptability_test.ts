import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { LockstepRecord } from "../../contract/record.ts";
import { adaptability, adaptabilityCeiling, lensEstimate } from "./adaptability.ts";

const S = [0.1, 0.2, 0.5, 0.9, 1]; // heights 0..4

Deno.test("adaptability() gives the paper card's figures at three weights", () => {
  assertAlmostEquals(adaptability(S, 0.3), 0.457209, 1e-6);
  assertAlmostEquals(adaptability(S, 0.5), 0.453880, 1e-6);
  assertAlmostEquals(adaptability(S, 0.7), 0.470059, 1e-6);
});

Deno.test("adaptabilityCeiling() depends on the depth", () => {
  const ceilings = [4, 8, 12, 30, 32].map((depth) => adaptabilityCeiling(depth, 0.5));
  [0.691044, 0.6807, 0.6767, 0.6712, 0.6709].forEach((expected, i) =>
    assertAlmostEquals(ceilings[i]!, expected, 5e-5)
  );
});

Deno.test("adaptability() clamps negative similarities and never falls with one", () => {
  assertEquals(adaptability([-1, -0.5, -0.2, -0.1, 1], 0.5), 0);
  for (let h = 1; h < 4; h++) {
    const higher = S.map((value, i) => i === h ? value + 0.05 : value);
    assert(adaptability(higher, 0.5) > adaptability(S, 0.5));
  }
});

Deno.test("lensEstimate() weighs texts by their positions and resamples documents", () => {
  const record = (group: string, positions: number, share: number) => ({
    suite: "s",
    group,
    lens: {
      positions,
      agree: S.map(() => share * positions),
      cosine: [],
      centred: [],
      state: [],
      blocks: [],
      shuffled: { positions: 0, agree: [], cosine: [], centred: [] },
    },
  } as unknown as LockstepRecord);
  const records = [record("a", 10, 1), record("b", 30, 0), record("c", 10, 0.5)];
  const request = { similarity: "agree", seed: 1 } as const;
  const found = lensEstimate(records, { request, of: (means) => means[2]! })!;
  assertAlmostEquals(found.value, 0.3, 1e-12);
  assert(found.low < 0.3 && found.high > 0.3 && found.clusters === 3);
  const alone = lensEstimate(records.slice(0, 1), { request, of: (means) => means[2]! })!;
  assert(Number.isNaN(alone.low));
  const none = lensEstimate(records, {
    request: { ...request, shuffled: true },
    of: (means) => means[2]!,
  });
  assertEquals(none, undefined);
});
