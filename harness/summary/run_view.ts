/**
 * A stored run, sorted for summing up: records by arm and pass, in an order that
 * does not depend on how they were stored.
 *
 * @module
 */
import { InputError } from "../contract/errors.ts";
import type {
  Arm,
  FreeRecord,
  LockstepRecord,
  RunRecord,
  StoredRun,
  SuiteUse,
  TimedRecord,
} from "../contract/record.ts";

/** One arm with its records, each list by suite, item and repetition. */
export interface ArmRecords {
  /** The arm. */
  readonly arm: Arm;
  /** Generations. */
  readonly free: readonly FreeRecord[];
  /** Comparisons with full depth on the same text. */
  readonly lockstep: readonly LockstepRecord[];
  /** Timed visits. */
  readonly timed: readonly TimedRecord[];
  /** Records by outcome. */
  readonly counts: { readonly ok: number; readonly failed: number; readonly skipped: number };
  /** Distinct messages of failed and skipped records, in order of appearance. */
  readonly troubles: readonly string[];
}

/** A run, sorted. */
export interface RunView {
  /** The run as stored. */
  readonly run: StoredRun;
  /** Full depth. */
  readonly baseline: ArmRecords;
  /** Its second copy, when it was timed. */
  readonly sentinel: ArmRecords | undefined;
  /** Policies, in the manifest's order. */
  readonly policies: readonly ArmRecords[];
  /** Arms that are not shown among them: controls, and arms of studies. */
  readonly asides: readonly ArmRecords[];
}

/** Sorts a run. Throws `InputError` when it has no baseline. */
export function viewRun(run: StoredRun): RunView {
  const byArm = groupBy(run.records, (record) => record.arm);
  const suites = new Map(run.manifest.suites.map(({ name }, index) => [name, index]));
  const arms = run.manifest.arms.map((arm) =>
    collect(arm, [...byArm.get(arm.label) ?? []].sort((a, b) => compareRecords(a, b, suites)))
  );
  const baseline = arms.find(({ arm }) => arm.role === "baseline");
  if (baseline === undefined) {
    throw new InputError(
      `Cannot summarize the run: expected an arm with role "baseline": ` +
        `current arms are ${arms.map(({ arm }) => `"${arm.label}"`).join(", ") || "none"}`,
    );
  }
  return {
    run,
    baseline,
    sentinel: arms.find(({ arm }) => arm.role === "sentinel"),
    policies: arms.filter(({ arm }) => arm.role === "policy" && arm.aside === undefined),
    asides: arms.filter(({ arm }) => arm.role === "policy" && arm.aside !== undefined),
  };
}

/** Baseline and policies: the arms that a summary shows. */
export function shownArms({ baseline, policies }: RunView): readonly ArmRecords[] {
  return [baseline, ...policies];
}

/** Suites of a run, in the manifest's order. */
export function suitesOf(view: RunView): readonly SuiteUse[] {
  return view.run.manifest.suites;
}

/** Values by key, keys in order of first appearance. */
export function groupBy<T>(values: Iterable<T>, keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

function collect(arm: Arm, records: readonly RunRecord[]): ArmRecords {
  const free: FreeRecord[] = [], lockstep: LockstepRecord[] = [], timed: TimedRecord[] = [];
  const troubles = new Set<string>();
  let failed = 0, skipped = 0;
  for (const record of records) {
    if (record.outcome === "failed") {
      failed++;
      troubles.add(record.message);
    } else if (record.outcome === "skipped") {
      skipped++;
      troubles.add(record.reason);
    } else if (record.pass === "free") free.push(record);
    else if (record.pass === "lockstep") lockstep.push(record);
    else timed.push(record);
  }
  const counts = { ok: free.length + lockstep.length + timed.length, failed, skipped };
  return { arm, free, lockstep, timed, counts, troubles: [...troubles] };
}

function compareRecords(
  a: RunRecord,
  b: RunRecord,
  suites: ReadonlyMap<string, number>,
): number {
  const suite = (suites.get(a.suite) ?? suites.size) - (suites.get(b.suite) ?? suites.size);
  return suite || compareText(a.suite, b.suite) || compareText(a.item, b.item) ||
    a.repetition - b.repetition;
}

/** −1, 0 or 1 by code units, the same in every locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
