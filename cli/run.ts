/**
 * The `run` command: policies on suites, into records and reports.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { UsageError } from "../harness/contract/errors.ts";
import { planRun, type RunPlan, type RunRequest } from "../harness/runner.ts";
import { durationMs, type RunSpec } from "../harness/run_spec.ts";
import { chooseShard, shardText } from "../harness/shard.ts";
import { shardPlan } from "../harness/shard_plan.ts";
import { carryOut } from "./carry_out.ts";
import type { Command } from "./command.ts";
import { readEnvironment } from "./environment.ts";
import { loadModel } from "./model_files.ts";
import { loadParts } from "./parts_files.ts";
import { promptTokens } from "./prompt_tokens.ts";
import { openClock } from "./recorded_clock.ts";
import { BUILT_IN } from "./registry.ts";
import { nameRun } from "./run_arms.ts";
import { writePlan } from "./run_plan.ts";
import { readRunSpec, RUN_SPEC_FLAGS } from "./run_request.ts";
import { readVariable } from "./variables.ts";

/** The `run` command. */
export const runCommand: Command = {
  name: "run",
  summary: "Run policies on suites and write records and reports",
  usage: 'run [--model tiny_exit] [--suite copy,prose] --policies "calm(threshold=0.9)"',
  details:
    `Writes records.sqlite, report.html, report.md and summary.json into a folder. Ctrl-C keeps
what is done; the same command resumes. A grid such as threshold=0.5..0.95/10 makes ten arms.`,
  flags: {
    ...RUN_SPEC_FLAGS,
    fresh: { kind: "switch", help: "Deletes what an earlier run left in --out and starts over" },
    json: { kind: "switch", help: "Writes the summary, or the plan, as JSON to stdout" },
    plan: { kind: "switch", help: "Prints cells, minutes and memory from a short probe instead" },
    shard: {
      kind: "text",
      value: "<i/n>",
      help: "Runs part i of n; by default what Slurm, Kubernetes or CI say",
    },
    "record-clock": { kind: "text", value: "<file>", help: "Writes the clock's readings down" },
    "recorded-clock": {
      kind: "text",
      value: "<file>",
      help: "Takes readings from such a file: equal runs then give equal bytes",
    },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const spec = await readRunSpec(flags);
    const { shard, note } = chooseShard(flags.text("shard"), readVariable);
    if (note !== undefined) io.say(note);
    if (shard !== undefined && !flags.has("plan") && (spec.report || flags.has("json"))) {
      throw new UsageError(
        `Cannot report on ${shardText(shard)} alone: leave out --report and --json, and merge`,
      );
    }
    const clock = await openClock({
      write: flags.text("record-clock"),
      read: flags.text("recorded-clock"),
    });
    const request = await requestOf(spec);
    const whole = await planRun(clock.replayed?.dated(request) ?? request);
    try {
      const part = shard === undefined ? whole : shardPlan(whole, shard);
      const started = clock.replayed?.started ?? part.manifest.started;
      const plan = { ...part, manifest: { ...part.manifest, started } };
      const folder = spec.out ?? defaultFolder(plan, spec);
      const handling = { io, folder, fresh: flags.has("fresh"), json: flags.has("json") };
      if (spec.limit !== undefined && !flags.has("plan")) {
        io.say(`--limit ${spec.limit} takes a seeded sample of each suite: for testing only`);
      }
      return flags.has("plan")
        ? await writePlan(plan, handling)
        : await carryOut(plan, { ...handling, spec, clock });
    } finally {
      whole.close();
    }
  },
};

/** Names → plugins, all checked before anything is opened or written. */
async function requestOf(spec: RunSpec): Promise<RunRequest> {
  const { size, seed, split, limit } = spec;
  const backend = BUILT_IN.backends.find(spec.backend);
  const model = await loadModel(spec.model);
  const { suites, ...named } = await nameRun(spec, model.checkpoint.info);
  return {
    model,
    backend,
    suites: suites.map((plugin) => ({ plugin, size, seed, split, limit })),
    ...named,
    parts: await loadParts(spec.parts ?? [], model.checkpoint.info),
    threads: spec.threads,
    exact: spec.exact,
    seed,
    repetitions: spec.repetitions,
    timeBudgetMs: spec.timeBudget === undefined ? undefined : durationMs(spec.timeBudget),
    timedTokens: spec.timedTokens,
    margin: spec.margin,
    maxTokens: spec.maxTokens,
    environment: readEnvironment(),
    harness: config.version,
    encodePrompt: (prompt, framing) => promptTokens(model, { prompt, framing }),
  };
}

/** Named after the model as asked for and all that affects the results, so that runs do not mix. */
function defaultFolder(plan: RunPlan, { model }: RunSpec): string {
  const name = (model.split(/[\\/]/).at(-1) ?? "").replace(/\(.*|\.\w+$/s, "")
    .replaceAll(/[^\w.-]+/g, "_").replace(/^\.+/, "").slice(0, 40);
  const digest = plan.manifest.digest.replace("sha256:", "").slice(0, 8);
  return `out/${name === "" ? "model" : name}-${digest}`;
}
