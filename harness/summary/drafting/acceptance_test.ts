import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { FreeRecord, TimedRecord } from "../../contract/record.ts";
import type { DraftRound } from "../../contract/round_record.ts";
import type { ArmRecords } from "../run_view.ts";
import { draftGridsOf, draftingOf } from "./acceptance.ts";
import { draftWarnings } from "./warnings.ts";

const round = (drafted: number, accepted: number): DraftRound => ({
  draft: "plan",
  drafted,
  accepted,
  emitted: accepted + 1,
  ...(drafted === 0 ? {} : { height: 4 }),
});

function free(item: string, rounds: readonly DraftRound[], verdict = "identical"): FreeRecord {
  return {
    suite: "copy",
    group: item,
    item,
    decodeLedger: { macs: 100 },
    speculation: { rounds, draftLedger: { macs: 25 }, certificate: { verdict } },
  } as unknown as FreeRecord;
}

const ROUNDS = [
  [round(4, 4), round(4, 1), round(2, 0)],
  [round(4, 2), round(0, 0), round(3, 3)],
];

/** Rounds of 6 ms: 2 of drafting, 3 of verifying; 12 tokens in 4 rounds; steps of 4 ms. */
const TIMED = [{
  suite: "copy",
  item: "a",
  steps: 12,
  decodeMs: 24,
  speculation: {
    rounds: [round(4, 4), round(4, 2), round(4, 2), round(4, 0)],
    draftMs: 8,
    verifyMs: 12,
    measureMs: 0,
  },
}] as unknown as readonly TimedRecord[];
const BASELINE = {
  timed: [{ suite: "copy", item: "a", steps: 10, decodeMs: 40 }],
} as unknown as ArmRecords;

function records(more: Partial<ArmRecords> = {}): ArmRecords {
  return {
    arm: { label: "x", scope: "round", policy: "layer_skip", options: { exit: 4, draft: 4 } },
    free: [free("a", ROUNDS[0]!), free("b", ROUNDS[1]!)],
    timed: [],
    ...more,
  } as unknown as ArmRecords;
}

const viewOf = (of: ArmRecords, baseline = BASELINE) =>
  draftingOf(of, { baseline, resampling: { seed: 1, resamples: 200 } });

Deno.test("draftingOf() counts drafts, acceptance, alpha and places", () => {
  const view = viewOf(records())!;
  assertEquals([view.rounds, view.drafted, view.accepted], [6, 17, 10]);
  assertAlmostEquals(view.acceptance.value, 10 / 17);
  assertAlmostEquals(view.alpha.value, 10 / 13); // three rounds end in a rejection
  assertAlmostEquals(view.tokensPerRound.value, 16 / 6);
  assertAlmostEquals(view.draftLength, 17 / 6);
  assertEquals([view.height, view.draftShare], [4, .25]);
  assertEquals(
    view.places.map(({ place, examined, rate }) => [place, examined, rate.value]),
    [[1, 5, 4 / 5], [2, 4, 3 / 4], [3, 3, 2 / 3], [4, 1, 1]],
  );
  assertEquals(view.certificates, { identical: 2, nearTie: 0, bug: 0 });
  assertEquals(view.speed, undefined);
});

Deno.test("draftingOf() holds the formula to the clock", () => {
  const { speed } = viewOf(records({ timed: TIMED }))!;
  assertEquals(speed!.times, { draftMs: 2, verifyMs: 3, measureMs: 0, restMs: 1, stepMs: 4 });
  assertAlmostEquals(speed!.draftCost, .125);
  assertAlmostEquals(speed!.verifyCost, .75);
  assertAlmostEquals(speed!.measured, 2);
  const alpha = 8 / 11;
  assertAlmostEquals(speed!.expected, (1 - alpha ** 5) / (1 - alpha) / 1.25);
  assertEquals(speed!.limit, undefined);
  const slow = { timed: [{ suite: "copy", item: "a", steps: 10, decodeMs: 1 }] };
  const dear = viewOf(records({ timed: TIMED }), slow as unknown as ArmRecords)!.speed!;
  assertEquals([dear.limit, dear.breakEven], ["cost", undefined]);
});

Deno.test("draftingOf() tells nothing of arms that draft nothing", () => {
  assertEquals(viewOf(records({ free: [] })), undefined);
  const depth = { ...records(), arm: { scope: "token" } } as unknown as ArmRecords;
  assertEquals(viewOf(depth), undefined);
});

Deno.test("draftGridsOf() needs two depths and two lengths of one policy", () => {
  const cell = (exit: number, draft: number) => {
    const of = records();
    const arm = { ...of.arm, options: { exit, draft }, label: `${exit}/${draft}` };
    return { records: { ...of, arm }, drafting: viewOf(of) };
  };
  assertEquals(draftGridsOf([cell(2, 2), cell(2, 4)]), []);
  const [grid] = draftGridsOf([cell(2, 2), cell(2, 4), cell(4, 2), cell(4, 4)]);
  assertEquals(grid?.cells.map(({ exit, draft }) => [exit, draft]), [[2, 2], [2, 4], [4, 2], [
    4,
    4,
  ]]);
  assertEquals(grid?.policy, "layer_skip");
});

Deno.test("draftWarnings() names texts that are not full depth's", () => {
  const texts = [free("a", ROUNDS[0]!, "bug"), free("b", ROUNDS[1]!, "near-tie")];
  const drafting = viewOf(records({ free: texts }))!;
  assertEquals(draftWarnings([{ label: "x", drafting } as never]), [
    "x: 1 text differs from full depth's beyond near-ties: its verification is broken",
  ]);
  const near = viewOf(records({ free: [texts[1]!] }))!;
  assertEquals(draftWarnings([{ label: "x", drafting: near } as never]), [
    "x: 1 text differs from full depth's at a near-tie of kernels",
  ]);
});
