/**
 * Carrying a planned run out: into its store, with progress, up to the reports.
 *
 * @module
 */
import type { RecordStore, RunRecord } from "../harness/contract/record.ts";
import type { Summary } from "../harness/contract/summary.ts";
import { type RunPlan, runPlan } from "../harness/runner.ts";
import type { RunSpec } from "../harness/run_spec.ts";
import { shardText } from "../harness/shard.ts";
import { summarize } from "../harness/summary/mod.ts";
import { json } from "../reports/mod.ts";
import type { Io } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { nextTurn } from "./next_turn.ts";
import type { RunClock } from "./recorded_clock.ts";
import { clearRun, makeFolder, recordsFile, writeReports } from "./run_folder.ts";
import { SqliteStore } from "./sqlite_store.ts";
import { summaryTable } from "./summary_table.ts";
import { oneLine } from "./terminal_text.ts";

/** Warnings printed on the terminal; the report has all of them. */
const MOST_WARNINGS = 5;

/** How a run is carried out. */
export interface Handling {
  /** Results, progress, Ctrl-C. */
  readonly io: Io;
  /** What was asked for. */
  readonly spec: RunSpec;
  /** Where records and reports go. */
  readonly folder: string;
  /** The clock. */
  readonly clock: RunClock;
  /** Deletes what an earlier run left there. */
  readonly fresh: boolean;
  /** Writes the summary to stdout as JSON. */
  readonly json: boolean;
}

/** Runs what is left of a plan and resolves to the exit code. */
export async function carryOut(plan: RunPlan, handling: Handling): Promise<number> {
  const { io, folder, clock } = handling;
  const { shard } = plan.manifest;
  await makeFolder(folder);
  if (handling.fresh) await clearRun(folder, shard);
  const store = yielding(new SqliteStore(recordsFile(folder, shard)));
  const line = io.progress();
  try {
    await runPlan(plan, {
      store,
      progress: (progress) => line.update(progress),
      signal: io.signal,
      recordedClock: clock.replayed ?? clock.recording,
    });
    line.end();
    await clock.recording?.save(plan.manifest);
    const done = store.done().size;
    if (io.signal.aborted && done < plan.cells) {
      io.say(
        `Stopped: ${done} of ${plan.cells} cells are in "${folder}": the same command resumes`,
      );
      return EXIT.interrupted;
    }
    const run = await store.read();
    if (shard === undefined) await report(summarize(run), handling);
    else {
      io.say(
        `Done with ${shardText(shard)}: ${done} cells are in "${recordsFile(folder, shard)}": ` +
          `when all ${shard.count} are, "depthbench merge ${folder}" makes the run of them`,
      );
    }
    return verdictOf(run.records, io);
  } finally {
    line.end();
    store.close();
  }
}

async function report(summary: Summary, { io, folder, spec, ...handling }: Handling) {
  const path = await writeReports(summary, { folder, stem: spec.report });
  io.write(handling.json ? await json.render(summary) : resultText(summary));
  io.say(`Wrote ${path}`);
}

/**
 * The store, giving way to the event loop after each unit of work: a backend that never waits
 * would otherwise keep Ctrl-C from being heard.
 */
function yielding(store: RecordStore): RecordStore {
  return {
    open: (manifest, items, planned) => store.open(manifest, items, planned),
    done: () => store.done(),
    async append(records): Promise<void> {
      await store.append(records);
      await nextTurn();
    },
    read: () => store.read(),
    close: () => store.close(),
  };
}

/** Answer, policy table and the first warnings. */
export function resultText(summary: Summary): string {
  const warnings = summary.warnings.slice(0, MOST_WARNINGS).map((text) => `Warning: ${text}`);
  const more = summary.warnings.length - warnings.length;
  return [
    ...summary.answer.map(oneLine),
    "",
    summaryTable(summary),
    ...warnings.map(oneLine),
    ...(more > 0 ? [`${more} more warnings are in the report`] : []),
  ].join("\n").trimEnd() + "\n";
}

/** Failed rows are told on stderr and in the exit code. */
export function verdictOf(records: readonly RunRecord[], io: Io): number {
  const failed = records.filter((record) => record.outcome === "failed");
  const [first] = failed;
  if (first === undefined) return EXIT.done;
  io.say(
    `${failed.length} of ${records.length} cells failed: the first is policy "${
      oneLine(first.arm)
    }" on suite "${first.suite}": ${oneLine(first.message)}`,
  );
  return EXIT.input;
}
