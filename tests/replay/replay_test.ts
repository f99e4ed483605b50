/** Replay against what the decode loop really does on the same text. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  InputError,
  type KvFill,
  type LockstepRecord,
  type PolicyPlugin,
  type RunRecord,
} from "../../harness/contract/mod.ts";
import { realRun } from "../../harness/replay/real_run.ts";
import { Replayer } from "../../harness/replay/replayer.ts";
import type { ReplaySetting } from "../../harness/replay/setting.ts";
import { calm, fixedExit, freeShallowDeep } from "../../policies/mod.ts";
import { openToy } from "../decode/_fixture.ts";
import { cosineExit, marginExit, randomActions, sinking } from "../decode/_policies.ts";
import { alternating, following, lowPrompt, patient } from "./_policies.ts";
import { freeRun, realExits, settingOf, toyTexts, traceToy } from "./_fixture.ts";

const SETTINGS: readonly (readonly [string, (fill: KvFill) => ReplaySetting])[] = [
  ["calm", (fill) => settingOf(calm, { input: { threshold: 0.25 }, fill })],
  ["calm, decaying", (fill) => settingOf(calm, { input: { threshold: 0.2, decay: 4 }, fill })],
  [
    "calm, state",
    (fill) => settingOf(calm, { input: { threshold: 0.9, measure: "state" }, fill }),
  ],
  [
    "calm, state, threshold 0",
    (fill) => settingOf(calm, { input: { threshold: 0, measure: "state" }, fill }),
  ],
  ["margin by decide", (fill) => settingOf(marginExit(0.25), { fill })],
  ["random exits", (fill) => settingOf(randomActions(["run", "run", "run", "exit"]), { fill })],
  ["a state", (fill) => settingOf(sinking, { fill })],
  ["a state that rises", (fill) => settingOf(alternating, { fill })],
  ["a state of the token", (fill) => settingOf(patient, { fill })],
  ["a state of predictions", (fill) => settingOf(following, { fill })],
  ["a learning threshold", (fill) => settingOf(freeShallowDeep, { input: FREE, fill })],
];

/** FREE's shallow exit at height 2. */
const FREE = { exit: 2, threshold: 0.2, minSamples: 3 };

/** Settings whose decisions depend on earlier ones: one inexact position spoils the rest. */
const STATEFUL = [
  "a state",
  "a state that rises",
  "a state of the token",
  "a learning threshold",
  "a state of predictions",
];

for (const [name, setting] of SETTINGS) {
  Deno.test(`Replayer.exits() gives the exits of a real run under recompute: ${name}`, async () => {
    const session = await openToy();
    const texts = toyTexts(6, 24);
    const replayer = new Replayer(await traceToy(session, texts));
    const real = await realExits(session, setting("recompute"), texts);
    assertEquals([...replayer.exits(setting("recompute"))], real.heights);
    assert(new Set(real.heights).size > 1, "the policy never acted");
  });

  for (const fill of ["project", "hole"] as const) {
    Deno.test(`Replayer.point() is right where it says exact under ${fill}: ${name}`, async () => {
      const session = await openToy();
      const texts = toyTexts(8, 24);
      const replayer = new Replayer(await traceToy(session, texts));
      const replayed = [...replayer.exits(setting(fill))];
      const { basis } = replayer.point(setting(fill));
      const real = await realExits(session, setting(fill), texts);
      let exact = 0;
      for (const { from, to } of replayer.table.items) {
        let floor = 6;
        let believed = true;
        for (let p = from; p < to && believed; p++) {
          if (replayed[p]! <= floor) {
            assertStrictEquals(replayed[p], real.heights[p], `position ${p}`);
            exact++;
          } else if (STATEFUL.includes(name)) believed = false;
          floor = Math.min(floor, replayed[p]!);
        }
      }
      assertStrictEquals(basis.exact, exact);
      assert(exact >= texts.length);
      assertStrictEquals(basis.kind, exact === replayed.length ? "exact" : "departure");
    });
  }
}

Deno.test("replay of the text that a free run emitted gives that run's exits and costs", async () => {
  const session = await openToy();
  const cases: readonly ReplaySetting[] = [
    settingOf(calm, { input: { threshold: 0.25 } }),
    settingOf(calm, { input: { threshold: 0.97, measure: "state" } }),
    settingOf(marginExit(0.2)),
    settingOf(freeShallowDeep, { input: FREE }),
    settingOf(freeShallowDeep, { input: { ...FREE, threshold: 0 } }), // a flush teaches
    settingOf(fixedExit, { input: { exit: 2 } }), // more wait than may: a flush
    settingOf(fixedExit, { input: { exit: 4 }, fill: "none" }),
    settingOf(fixedExit, { input: { exit: 2 }, fill: "project" }),
    settingOf(fixedExit, { input: { exit: 6 }, fill: "none" }),
  ];
  for (const setting of cases) {
    const texts = [];
    const runs: Awaited<ReturnType<typeof freeRun>>[] = [];
    for (const { item, prompt } of toyTexts(3, 1)) {
      const run = await freeRun(session, setting, { item, prompt });
      texts.push({ item, prompt, target: run.tokens });
      runs.push(run);
    }
    const replayer = new Replayer(await traceToy(session, texts));
    const point = replayer.point(setting);
    // Same kernels, rows of one step or of many: no near-ties on this backend.
    assertEquals([...replayer.exits(setting)], runs.flatMap(({ heights }) => heights));
    assertStrictEquals(point.basis.kind, "exact");
    point.items.forEach(({ blocks, macs, readouts }, i) => {
      const { heights, ...run } = runs[i]!;
      assertStrictEquals(blocks, heights.slice(1).reduce((sum, height) => sum + height, 0));
      assertStrictEquals(readouts, run.readouts);
      assertAlmostEquals(macs, run.macs, 1e-6 * run.macs);
    });
  }
});

Deno.test("Replayer.priced() prices a real run under hole and project as the ledger does", async () => {
  const session = await openToy();
  for (const fill of ["project", "hole", "copy"] as const) {
    const setting = settingOf(calm, { input: { threshold: 0.25 }, fill });
    const [text] = toyTexts(1, 1);
    const run = await freeRun(session, setting, text!);
    const table = await traceToy(session, [{ ...text!, target: run.tokens }]);
    const [totals] = new Replayer(table).priced(setting, run.heights);
    assert(new Set(run.heights.slice(1)).size > 1, "the policy never acted");
    assertAlmostEquals(totals!.macs, run.macs, 1e-6 * run.macs);
    assertStrictEquals(totals!.readouts, run.readouts);
  }
});

Deno.test("Replayer.point() counts positions, agreement and divergence at the exits", async () => {
  const session = await openToy();
  const texts = toyTexts(4, 20);
  const table = await traceToy(session, texts, { measures: ["kl", "nll"] });
  const replayer = new Replayer(table);
  const setting = settingOf(calm, { input: { threshold: 0.25 } });
  const exits = replayer.exits(setting);
  const { items, heights } = replayer.point(setting);
  assertStrictEquals(heights.reduce((sum, count) => sum + count, 0), table.size);
  const width = table.levels.length;
  table.items.forEach(({ from, to }, i) => {
    let agreed = 0, kl = 0, nll = 0;
    for (let p = from; p < to; p++) {
      agreed += table.agrees[p * width + exits[p]!]!;
      kl += table.kl[p * width + exits[p]!]!;
      nll += table.nll[p * width + exits[p]!]!;
    }
    assertStrictEquals(items[i]!.agreed, agreed);
    assertAlmostEquals(items[i]!.kl, kl, 1e-9);
    assertAlmostEquals(items[i]!.nll, nll, 1e-9);
  });
  const never = replayer.point(settingOf(calm, { input: { threshold: 1 }, fill: "project" }));
  assertStrictEquals(never.basis.kind, "exact");
  assert(never.items.every(({ agreed, kl }, i) => agreed === texts[i]!.target.length && kl === 0));
});

Deno.test("exit heights never fall when the threshold rises", async () => {
  const session = await openToy();
  const replayer = new Replayer(await traceToy(session, toyTexts(6, 24)));
  for (const measure of ["softmax", "state"]) {
    let lower: Uint16Array = new Uint16Array(replayer.table.size);
    for (let i = 0; i <= 40; i++) {
      const exits = replayer.exits(settingOf(calm, { input: { threshold: i / 40, measure } }));
      exits.forEach((height, p) => assert(height >= lower[p]!, `position ${p} at ${i / 40}`));
      lower = exits;
    }
    assert(lower.every((height) => height === 6));
  }
});

Deno.test("the previous check is replayed where it is one block lower", async () => {
  const session = await openToy();
  const texts = toyTexts(5, 20);
  const replayer = new Replayer(await traceToy(session, texts));
  const setting = settingOf(calm, {
    input: { measure: "state", threshold: 0.9, against: "previous_check" },
  });
  const real = await realExits(session, setting, texts);
  assertEquals([...replayer.exits(setting)], real.heights);
  const gaps = settingOf(cosineExit(0.5, "previous_block"));
  assertEquals(
    [...replayer.exits(gaps)],
    (await realExits(session, gaps, texts)).heights,
  );
});

Deno.test("Replayer.point() knows how far policies on the prompt can be believed", async () => {
  const session = await openToy();
  const texts = toyTexts(4, 12);
  const replayer = new Replayer(await traceToy(session, texts));
  const fixed = settingOf(fixedExit, { input: { exit: 3, prompt: true }, fill: "none" });
  assertEquals([...replayer.exits(fixed)], Array(replayer.table.size).fill(3));
  assertStrictEquals(replayer.point(fixed).basis.kind, "exact");
  const real = await realExits(session, fixed, texts);
  assertEquals(real.heights, [...replayer.exits(fixed)]);

  const low = settingOf(lowPrompt, { fill: "project" });
  const heights = [...replayer.exits(low)];
  const { basis } = replayer.point(low);
  assertStrictEquals(basis.exact, heights.filter((height) => height <= 2).length);
  assert(basis.exact < basis.positions && basis.exact > 0);

  const decided: PolicyPlugin = { ...marginExit(0.25), actsOnPrompt: () => true };
  assertStrictEquals(replayer.point(settingOf(decided, { fill: "project" })).basis.exact, 0);
  assertStrictEquals(replayer.point(settingOf(decided)).basis.kind, "exact");
});

Deno.test("realRun() refuses a run of another text", async () => {
  const session = await openToy();
  const table = await traceToy(session, toyTexts(2, 5));
  const setting = settingOf(fixedExit, { input: { exit: 3 } });
  const records = table.items.map(({ suite, item, from, to }): RunRecord => ({
    cell: item,
    suite,
    item,
    group: item,
    arm: "a",
    repetition: 0,
    pass: "lockstep",
    outcome: "ok",
    tokens: [...table.target.subarray(from, to)],
    pieces: [],
    text: "target",
    fullNll: [],
    policyNll: [1, 1, 1, 1, 1],
    kl: [0, 0, 0, 0, 0],
    flips: [0, 1, 1, 1, 1],
    fullMargins: [],
    heights: [6, ...Array(to - from - 1).fill(3)],
    blocksRun: [6, ...Array(to - from - 1).fill(3)],
    targetBytes: 1,
    order: "batch",
  }));
  const options = { seed: 1, resamples: 50 };
  const replayer = new Replayer(table);
  const { numbers, sameExits } = realRun(replayer, { setting, records }, options);
  assertStrictEquals(sameExits, 1);
  assertEquals([numbers.blocksRun.value, numbers.agreement.value], [3, 2 / table.size]);
  const [first, second] = records as [LockstepRecord, LockstepRecord];
  const other = { ...second, tokens: second.tokens.map((token) => (token + 1) % 53) };
  for (const wrong of [[first], [first, other]]) {
    assertThrows(
      () => realRun(replayer, { setting, records: wrong }, options),
      InputError,
      "another one",
    );
  }
});

Deno.test("Replayer.point() charges what a learning state observes, whatever came before", async () => {
  const session = await openToy();
  const table = await traceToy(session, toyTexts(3, 12));
  const shared = new Replayer(table);
  const macs = [true, false, true].map((adaptive) => {
    // Too few tokens for the laws: equal exits, and a readout for each that arrives.
    const input = { ...FREE, minSamples: 99, adaptive };
    const setting = settingOf(freeShallowDeep, { input });
    const point = shared.point(setting);
    assertEquals(point, new Replayer(table).point(setting));
    return point.items.reduce((sum, item) => sum + item.macs, 0);
  });
  assert(macs[0]! > macs[1]! && macs[0] === macs[2]);
});
