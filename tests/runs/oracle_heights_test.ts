import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { LockstepRecord, RunRecord } from "../../harness/contract/mod.ts";
import { armOf } from "../../harness/arm_request.ts";
import { calm, fixedExit, fullDepth, oracle } from "../../policies/mod.ts";
import { ITEMS, smallRun } from "./_fixture.ts";

const ARMS = [
  armOf(fullDepth),
  armOf(fixedExit, { options: { exit: 3 } }),
  armOf(calm, { options: { threshold: 0.2 } }),
  armOf(oracle, { options: { agreement: "stable" }, fill: "recompute" }),
  armOf(oracle, { options: { agreement: "first" }, fill: "recompute" }),
] as const;

function lockstepOf(records: readonly RunRecord[], arm: string): readonly LockstepRecord[] {
  return records.flatMap((record) =>
    record.arm === arm && record.pass === "lockstep" && record.outcome === "ok" ? [record] : []
  );
}

Deno.test("lockstep records hold oracle heights of full depth, and the policy's regret", async () => {
  const records = await smallRun({ arms: ARMS, passes: ["lockstep"] });
  const full = lockstepOf(records, "full_depth");
  assertEquals(full.length, ITEMS);
  for (const { label } of ARMS) {
    lockstepOf(records, label).forEach(({ oracle, heights }, i) => {
      assertEquals([oracle!.stable, oracle!.first], [
        full[i]!.oracle!.stable,
        full[i]!.oracle!.first,
      ]);
      assertEquals(oracle!.regret, heights.map((height, t) => height - oracle!.stable[t]!));
    });
  }
  // The oracle policy finds the same heights in its own way; its first token is full depth.
  const [, , , stable, first] = ARMS.map(({ label }) => lockstepOf(records, label));
  for (let i = 0; i < ITEMS; i++) {
    assertEquals(stable![i]!.heights.slice(1), full[i]!.oracle!.stable.slice(1));
    assertEquals(first![i]!.heights.slice(1), full[i]!.oracle!.first.slice(1));
    assertEquals(new Set(stable![i]!.oracle!.regret.slice(1)), new Set([0]));
    assertEquals(new Set(stable![i]!.flips), new Set([0]));
  }
  assert(new Set(full.flatMap(({ oracle }) => oracle!.stable)).size > 2);
});

Deno.test("reading oracle heights changes nothing else of a lockstep record", async () => {
  const dear = { arms: ARMS, passes: ["lockstep"], vocabSize: 3000 } as const;
  const without = await smallRun(dear);
  const asked = await smallRun({ ...dear, oracleHeights: true });
  const bare = (records: readonly RunRecord[]) =>
    records.map((record) => {
      const { oracle: _, oracleAbsent: __, cell: ___, ...rest } = record as LockstepRecord;
      return rest;
    });
  assertEquals(bare(asked), bare(without));
  for (const record of lockstepOf(without, "full_depth")) {
    assertEquals(record.oracle, undefined);
    assertStringIncludes(record.oracleAbsent!, "readouts at all 6 heights cost 4.");
  }
  assert(lockstepOf(asked, "full_depth").every(({ oracle }) => oracle !== undefined));
});

Deno.test("the timed pass skips what looks ahead, with one sentence", async () => {
  const arms = [armOf(fullDepth), armOf(oracle)] as const;
  const records = await smallRun({ arms, passes: ["timed"] });
  for (const record of records) {
    if (record.arm !== "oracle") assertEquals(record.outcome, "ok");
    else {
      assert(record.outcome === "skipped");
      assertStringIncludes(record.reason, 'Cannot time policy "oracle": it runs every token at');
    }
  }
  assertEquals(records.filter(({ outcome }) => outcome === "skipped").length, ITEMS);
});
