import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Ledger, PartTimes, TimedRecord } from "../contract/record.ts";
import { arm } from "./_test_run.ts";
import { ledgerViewOf, partTimesOf, priceLedger } from "./ledger_view.ts";
import type { ArmRecords } from "./run_view.ts";

const PARTS: PartTimes = {
  step: 0.5,
  block: 2,
  attention: 0.9,
  mlp: 1.2,
  head: 4,
  signal: 0.25,
  project: 0.1,
  hole: 0.01,
  copy: 0.05,
};

function ledger(changes: Partial<Ledger> = {}): Ledger {
  return {
    rows: 10,
    attention: 60,
    mlp: 60,
    readouts: 10,
    vocabularyRows: 1000,
    probeMacs: 0,
    fills: { project: 0, hole: 0, copy: 0, none: 0, recompute: 0 },
    reads: 10,
    macs: 0,
    weightElements: 0,
    kvWritten: 0,
    kvRead: 0,
    ...changes,
  };
}

const price = (of: Ledger) => priceLedger(of, { parts: PARTS, steps: 10, vocabSize: 100 });

Deno.test("priceLedger() prices whole blocks as such, and parts alone by themselves", () => {
  assertEquals(price(ledger()), {
    blocksMs: 12,
    readoutsMs: 4,
    waitsMs: 0,
    fillsMs: 0,
    stepMs: 0.5,
  });
  assertAlmostEquals(price(ledger({ attention: 50 })).blocksMs, 5 * 2 + 1.2, 1e-12);
  assertAlmostEquals(price(ledger({ mlp: 40 })).blocksMs, 4 * 2 + 2 * 0.9, 1e-12);
});

Deno.test("priceLedger() prices readouts by vocabulary rows, other reads as waits, and fills", () => {
  const fills = { project: 30, hole: 10, copy: 20, none: 10, recompute: 99 };
  const found = price(ledger({ readouts: 30, vocabularyRows: 3000, reads: 70, fills }));
  assertEquals(found.readoutsMs, 12);
  assertAlmostEquals(found.waitsMs, 4 * 0.25, 1e-12);
  assertAlmostEquals(found.fillsMs, 3 * 0.1 + 2 * 0.01 + 2 * 0.05, 1e-12);
});

/** Timed visits of one prompt of ten steps; `ms` per visit. */
function timed(label: string, own: Ledger, ms: readonly (readonly number[])[]): ArmRecords {
  const records = ms.map((stepMs, repetition) => ({
    pass: "timed",
    suite: "s",
    item: "i",
    group: "i",
    arm: label,
    repetition,
    steps: 10,
    decodeMs: stepMs.reduce((sum, value) => sum + value, 0),
    stepMs,
    decodeLedger: own,
    parts: PARTS,
  } as unknown as TimedRecord));
  const counts = { ok: ms.length, failed: 0, skipped: 0 };
  return { arm: arm(label), free: [], lockstep: [], timed: records, counts, troubles: [] };
}

const steps = (value: number, hit?: number) =>
  Array.from({ length: 10 }, (_, t) => t === hit ? 100 * value : value);

Deno.test("ledgerViewOf() names what parts do not explain, and what disturbs one visit is not it", () => {
  const baseline = timed("full", ledger(), [steps(17), steps(17, 3), steps(17)]);
  const half = ledger({ attention: 30, mlp: 30 });
  const policy = timed("half", half, [steps(12, 1), steps(12), steps(12)]);
  const found = ledgerViewOf(policy, { baseline, vocabSize: 100 })!;
  assertAlmostEquals(found.predictedMs, 10.5, 1e-12);
  assertAlmostEquals(found.measuredMs, 12, 1e-12);
  assertAlmostEquals(found.residual, 1.5 / 17, 1e-12);
  assertEquals(found.red, false);
  assertAlmostEquals(found.predictedSpeedUp, 16.5 / 10.5, 1e-12);
  assertEquals(found.blocksOnlySpeedUp, 2);
  const slow = timed("slow", half, [steps(13), steps(13), steps(13)]);
  assert(ledgerViewOf(slow, { baseline, vocabSize: 100 })!.red);
});

Deno.test("ledgerViewOf() tells nothing without part times, or of rows that move together", () => {
  const baseline = timed("full", ledger(), [steps(17)]);
  const bare = {
    ...baseline,
    timed: baseline.timed.map(({ parts: _, ...rest }) => rest),
  };
  assertEquals(partTimesOf(bare.timed), undefined);
  assertEquals(ledgerViewOf(baseline, { baseline: bare, vocabSize: 100 }), undefined);
  const together = {
    ...baseline,
    timed: baseline.timed.map((record) => ({ ...record, rows: 4 })),
  };
  assertEquals(ledgerViewOf(together, { baseline, vocabSize: 100 }), undefined);
});
