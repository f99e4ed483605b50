import { assertEquals } from "@std/assert";
import type { RunRecord, StoredRun } from "../contract/record.ts";
import { arm, free, lockstep, storedRun, suite } from "./_test_run.ts";
import { summarize } from "./mod.ts";
import { parityOf, withParity } from "./parity.ts";

const ARMS = [arm("full", { role: "baseline" }), arm("k", { options: { a: 1, b: 2 } })];

function run(backend: string, records: readonly RunRecord[]): StoredRun {
  const stored = storedRun({ arms: ARMS, suites: [suite("copy"), suite("prose")], records });
  const { manifest } = stored;
  return { ...stored, manifest: { ...manifest, backend: { ...manifest.backend, name: backend } } };
}

const RECORDS = [
  free("full", "a"),
  free("k", "a", { heights: [30, 7, 7] }),
  free("k", "b", { tokens: [1, 2, 3, 4] }),
  lockstep("k", "c", { fullNll: [1, 2, 3], heights: [30, 7, 8], policyNll: [1, 2, 3] }),
];

Deno.test("parityOf() finds equal runs equal", () => {
  const { arms, here, there, notCompared } = parityOf(run("cpu", RECORDS), run("wasm", RECORDS))!;
  assertEquals([here.name, there.name, notCompared], ["cpu", "wasm", []]);
  assertEquals(arms[1], {
    arm: "k",
    texts: 2,
    equalTexts: 2,
    positions: 3,
    equalDecisions: 3,
    equalAgreement: 3,
    nllDifference: 0,
    ledgers: 2,
    equalLedgers: 2,
    examples: [],
  });
});

Deno.test("parityOf() reports decisions, tokens and ledgers that differ", () => {
  const other = [
    free("full", "a"),
    free("k", "a", { heights: [30, 7, 7], cost: { readouts: 2 } }), // same decisions, other counts
    free("k", "b", { tokens: [1, 2, 9] }),
    lockstep("k", "c", {
      fullNll: [1, 2, 3],
      heights: [30, 9, 8],
      policyNll: [1, 5, 3.25],
      flips: [0, 1, 0],
    }),
  ];
  const k = parityOf(run("cpu", RECORDS), run("wasm", other))!.arms[1]!;
  assertEquals([k.texts, k.equalTexts, k.ledgers, k.equalLedgers], [2, 1, 1, 0]);
  assertEquals([k.positions, k.equalDecisions, k.equalAgreement], [3, 2, 2]);
  assertEquals(k.nllDifference, 0.25); // the 3 nats are another decision's
  assertEquals(k.examples, [
    {
      suite: "prose",
      item: "c",
      position: 1,
      kind: "decision",
      here: "7",
      there: "9",
      margin: 1,
    },
    { suite: "copy", item: "b", position: 2, kind: "token", here: "<3>", there: "<9>" },
  ]);
});

Deno.test("parityOf() says what it cannot compare", () => {
  const [a, b] = [run("cpu", RECORDS), run("wasm", RECORDS)];
  assertEquals(parityOf(a, a), undefined);
  const { manifest } = b;
  const model = { ...b, manifest: { ...manifest, model: { ...manifest.model, digest: "other" } } };
  assertEquals(parityOf(a, model)!.arms, []);
  assertEquals(parityOf(a, model)!.notCompared, [
    "The runs have different models: nothing is compared.",
  ]);
  const less = {
    ...b,
    manifest: {
      ...manifest,
      arms: ARMS.map((each) => each.label === "k" ? { ...each, options: { b: 3 } } : each),
      suites: [suite("copy"), { ...suite("prose"), digest: "other" }],
    },
  };
  assertEquals(parityOf(a, less)!.notCompared, [
    "Suite prose has other items there.",
    "1 of this run's arms are not in the other one.",
  ]);
});

Deno.test("withParity() defines what it adds, and refuses one backend", () => {
  const [here, there] = [run("cpu", RECORDS), run("wasm", RECORDS)];
  const summary = summarize(here, { resamples: 10 });
  const both = withParity(summary, { here, there })!;
  assertEquals(both.methods.at(-1)!.term, "parity");
  assertEquals(both.parity, parityOf(here, there));
  assertEquals(withParity(summary, { here, there: here }), undefined);
});
