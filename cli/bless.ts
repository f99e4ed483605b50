/**
 * The `bless` command: makes a run the one that later runs are compared with.
 *
 * @module
 */
import { InputError, UsageError } from "../harness/contract/errors.ts";
import { GATE_SCHEMA } from "../harness/contract/gate.ts";
import { factsOf } from "../harness/gate/facts.ts";
import { summarize } from "../harness/summary/mod.ts";
import { readBaselineIfAny, readCompleteRun, writeBaseline } from "./baseline_file.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { oneLine } from "./terminal_text.ts";

/** Where the baseline goes when no flag says so. */
const BASELINE_FILE = "depthbench-baseline.json";

/** Longest reason, characters. */
const LONGEST_REASON = 1000;

/** The `bless` command. */
export const blessCommand: Command = {
  name: "bless",
  summary: "Make a run the baseline that compare --gate looks back to",
  usage: 'bless <run> --reason "why" [--baseline depthbench-baseline.json]',
  details:
    `Stores counters, digests of outputs and qualities with date and reason, and no times: those of
another machine are never compared. Commit the file. Earlier reasons stay in it. Runs with failed
or missing rows are refused, and those whose timing was noisy.`,
  flags: {
    reason: { kind: "text", value: "<text>", help: "Why the baseline changes; required" },
    baseline: { kind: "text", value: "<file>", help: `Default ${BASELINE_FILE}` },
  },
  positional: { least: 1, most: 1 },
  async run({ positional: [path = ""], flags }, io): Promise<number> {
    const reason = flags.text("reason")?.trim() ?? "";
    if (reason === "" || reason.length > LONGEST_REASON) {
      throw new UsageError(
        `Cannot bless a run without a reason: expected --reason of 1 to ${LONGEST_REASON} characters`,
      );
    }
    const file = flags.text("baseline") ?? BASELINE_FILE;
    if (!file.endsWith(".json")) {
      throw new UsageError(
        `Cannot read flag "--baseline": expected a name that ends in ".json": current value is "${file}"`,
      );
    }
    const run = readCompleteRun(path);
    const failed = run.records.find((record) => record.outcome === "failed");
    if (failed !== undefined) {
      throw new InputError(
        `Cannot bless "${path}": rows failed, the first with: ${
          oneLine(failed.message)
        }: run it anew`,
      );
    }
    const { noise } = summarize(run, { resamples: 2000 });
    if (noise?.verdict === "noisy") {
      throw new InputError(
        `Cannot bless "${path}": its timing is noisy: ${
          oneLine(noise.reasons.join("; "))
        }: repeat it on a quiet machine, or with --passes free,lockstep`,
      );
    }
    const before = await readBaselineIfAny(file);
    const blessed = new Date().toISOString();
    await writeBaseline(file, {
      kind: "depthbench-baseline",
      schema: GATE_SCHEMA,
      blessed,
      reason,
      history: before === undefined ? [] : [
        ...before.history,
        { blessed: before.blessed, reason: before.reason, run: before.facts.run },
      ],
      facts: factsOf(run),
    });
    io.say(`Blessed run ${run.manifest.digest.slice(0, 19)}: wrote ${file}`);
    return EXIT.done;
  },
};
