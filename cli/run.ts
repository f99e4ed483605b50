/**
 * The `run` command: policies on suites, into records and reports.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import type { RecordStore, RunRecord } from "../harness/contract/record.ts";
import type { Summary } from "../harness/contract/summary.ts";
import {
  type ArmRequest,
  planRun,
  type RunPlan,
  runPlan,
  type RunRequest,
} from "../harness/runner.ts";
import type { RunSpec } from "../harness/run_spec.ts";
import { summarize } from "../harness/summary/mod.ts";
import { json } from "../reports/mod.ts";
import type { Command, Io } from "./command.ts";
import { readEnvironment } from "./environment.ts";
import { EXIT } from "./exit_code.ts";
import { nextTurn } from "./next_turn.ts";
import { loadModel } from "./model_files.ts";
import { resolveArms } from "./policy_arms.ts";
import { promptTokens } from "./prompt_tokens.ts";
import { BUILT_IN } from "./registry.ts";
import { clearRun, makeFolder, recordsPath, writeReports } from "./run_folder.ts";
import { readRunSpec, RUN_SPEC_FLAGS } from "./run_request.ts";
import { SqliteStore } from "./sqlite_store.ts";
import { summaryTable } from "./summary_table.ts";
import { oneLine } from "./terminal_text.ts";

/** Warnings printed on the terminal; the report has all of them. */
const MOST_WARNINGS = 5;

/** The baseline of every run. */
const BASELINE = "full_depth";

/** The `run` command. */
export const runCommand: Command = {
  name: "run",
  summary: "Run policies on suites and write records and reports",
  usage: 'run [--model tiny] [--suite copy,prose] --policies "calm(threshold=0.9)"',
  details:
    `Writes records.sqlite, report.html, report.md and summary.json into a folder. Ctrl-C keeps
what is done; the same command resumes. A grid such as threshold=0.5..0.95/10 makes ten arms.`,
  flags: {
    ...RUN_SPEC_FLAGS,
    fresh: { kind: "switch", help: "Deletes what an earlier run left in --out and starts over" },
    json: { kind: "switch", help: "Writes the summary as JSON to stdout" },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const spec = await readRunSpec(flags);
    const plan = await planRun(await requestOf(spec));
    try {
      const folder = spec.out ?? defaultFolder(plan, spec);
      return await carryOut(plan, {
        io,
        spec,
        folder,
        fresh: flags.has("fresh"),
        json: flags.has("json"),
      });
    } finally {
      plan.close();
    }
  },
};

/** Names → plugins, all checked before anything is opened or written. */
async function requestOf(spec: RunSpec): Promise<RunRequest> {
  const { size, seed, split, limit } = spec;
  const backend = BUILT_IN.backends.find(spec.backend);
  const suites = spec.suites.map((name) => ({
    plugin: BUILT_IN.suites.find(name),
    size,
    seed,
    split,
    limit,
  }));
  const model = await loadModel(spec.model);
  return {
    model,
    backend,
    suites,
    threads: spec.threads,
    exact: spec.exact,
    arms: await armsOf(spec, model.checkpoint.info),
    passes: spec.passes,
    seed,
    repetitions: spec.repetitions,
    timedTokens: spec.timedTokens,
    margin: spec.margin,
    oracleHeights: spec.oracleHeights,
    maxTokens: spec.maxTokens,
    environment: readEnvironment(),
    harness: config.version,
    encodePrompt: (prompt, framing) => promptTokens(model, { prompt, framing }),
  };
}

/** Full depth first, whether it was named or not. */
async function armsOf(
  { policies, allowTransfer }: RunSpec,
  model: RunRequest["model"]["checkpoint"]["info"],
): Promise<RunRequest["arms"]> {
  const context = { policies: BUILT_IN.policies, model, allowTransfer };
  const named = await resolveArms(policies, context);
  const isBaseline = (arm: ArmRequest) => arm.label === BASELINE;
  const [baseline] = named.some(isBaseline)
    ? named.filter(isBaseline)
    : await resolveArms([BASELINE], context);
  return [baseline!, ...named.filter((arm) => !isBaseline(arm))];
}

/** Named after the model as asked for and all that affects the results, so that runs do not mix. */
function defaultFolder(plan: RunPlan, { model }: RunSpec): string {
  const name = (model.split(/[\\/]/).at(-1) ?? "").replace(/\(.*|\.\w+$/s, "")
    .replaceAll(/[^\w.-]+/g, "_").replace(/^\.+/, "").slice(0, 40);
  const digest = plan.manifest.digest.replace("sha256:", "").slice(0, 8);
  return `out/${name === "" ? "model" : name}-${digest}`;
}

interface Handling {
  readonly io: Io;
  readonly spec: RunSpec;
  readonly folder: string;
  readonly fresh: boolean;
  readonly json: boolean;
}

async function carryOut(plan: RunPlan, handling: Handling): Promise<number> {
  const { io, spec, folder } = handling;
  await makeFolder(folder);
  if (handling.fresh) await clearRun(folder);
  const store = yielding(new SqliteStore(recordsPath(folder)));
  const line = io.progress();
  try {
    await runPlan(plan, {
      store,
      progress: (progress) => line.update(progress),
      signal: io.signal,
    });
    line.end();
    const done = store.done().size;
    if (io.signal.aborted && done < plan.cells) {
      io.say(
        `Stopped: ${done} of ${plan.cells} cells are in "${folder}": the same command resumes`,
      );
      return EXIT.interrupted;
    }
    const run = await store.read();
    const summary = summarize(run);
    const report = await writeReports(summary, { folder, stem: spec.report });
    if (handling.json) {
      io.write(await json.render(summary));
    } else {
      io.write(resultText(summary));
    }
    io.say(`Wrote ${report}`);
    return verdictOf(run.records, io);
  } finally {
    line.end();
    store.close();
  }
}

/**
 * The store, giving way to the event loop after each unit of work: a backend that never waits
 * would otherwise keep Ctrl-C from being heard.
 */
function yielding(store: RecordStore): RecordStore {
  return {
    open: (manifest, items) => store.open(manifest, items),
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
function resultText(summary: Summary): string {
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
function verdictOf(records: readonly RunRecord[], io: Io): number {
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
