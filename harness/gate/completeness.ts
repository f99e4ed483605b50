/**
 * Whether a run has all of its rows.
 *
 * @module
 */
import type { Arm, Pass, StoredRun } from "../contract/record.ts";

/** Cells of a run that have no record; with a time budget, prompts that were never visited. */
export function missingCells({ manifest, records }: StoredRun): number {
  const { arms, suites, passes, repetitions, timeBudgetMs } = manifest;
  const items = suites.reduce((sum, suite) => sum + suite.items, 0);
  const visits = timeBudgetMs === undefined ? repetitions : 1;
  return passes.reduce((missing, pass) => {
    const wanted = items * arms.filter((arm) => takesPart(arm, pass)).length *
      (pass === "timed" ? visits : 1);
    const there = records.filter((record) =>
      record.pass === pass && record.repetition < visits
    ).length;
    return missing + Math.max(0, wanted - there);
  }, 0);
}

function takesPart({ role, passes }: Arm, pass: Pass): boolean {
  return (role !== "sentinel" || pass === "timed") && (passes?.includes(pass) ?? true);
}
