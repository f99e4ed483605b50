/**
 * `compare --gate`: runs and baselines → a gate's report, its files and its exit code.
 *
 * @module
 */
import { InputError, UsageError } from "../harness/contract/errors.ts";
import type { GateCheck, GateReport, RunFacts } from "../harness/contract/gate.ts";
import { judgeGate } from "../harness/gate/gate.ts";
import { LEAST_TIME_MARGIN, timeCheck } from "../harness/gate/time_check.ts";
import { gateMarkdown, junit } from "../reports/mod.ts";
import { writeAtomically } from "./atomic_write.ts";
import { type GateSide, readCompleteRun, readSide } from "./baseline_file.ts";
import type { CommandArguments, Flag, Io } from "./command.ts";
import { numberText } from "./summary_table.ts";
import { oneLine } from "./terminal_text.ts";

/** Flags of the gate. */
export const GATE_FLAGS: Readonly<Record<string, Flag>> = {
  gate: {
    kind: "switch",
    help: "Fails on regressions of B against A: exit code 1, or 2 if undecided",
  },
  "arm-a": { kind: "text", value: "<label>", help: "Policy of A to compare, with --arm-b" },
  "arm-b": {
    kind: "text",
    value: "<label>",
    help: "Policy of B; both in one run gate time as well",
  },
  tolerance: { kind: "number", value: "<ratio>", help: "Growth of counters let pass; default 0" },
  "quality-loss": { kind: "number", value: "<ratio>", help: "Loss of quality let pass; default 0" },
  "same-output": { kind: "switch", help: "Outputs must be equal although the policy changed" },
  "time-margin": {
    kind: "number",
    value: "<ratio>",
    help: `Slow-down let pass; at least and by default ${LEAST_TIME_MARGIN}`,
  },
  confirmed: {
    kind: "text",
    value: "<run>",
    help: "Same run with fresh blocks: confirms a slow-down",
  },
  junit: { kind: "text", value: "<file>", help: "Also writes JUnit XML" },
  markdown: { kind: "text", value: "<file>", help: "Also writes Markdown for a pull request" },
};

/** Judges, writes the files and the result, and resolves to the exit code. */
export async function runGate(
  { positional, flags }: CommandArguments,
  io: Io,
): Promise<number> {
  const report = await gateOf({ positional, flags });
  const files = [["junit", junit], ["markdown", gateMarkdown]] as const;
  for (const [flag, render] of files) {
    const path = flags.text(flag);
    if (path !== undefined) await writeAtomically(path, render(report));
  }
  io.write(flags.has("json") ? `${JSON.stringify(report, null, 2)}\n` : gateText(report));
  return report.exitCode;
}

async function gateOf({ positional: [pathA = "", pathB], flags }: CommandArguments) {
  const named = pairOf(flags);
  const limits = {
    tolerance: ratioOf(flags, { name: "tolerance", least: 0, fallback: 0 }),
    qualityLoss: ratioOf(flags, { name: "quality-loss", least: 0, fallback: 0 }),
    sameOutput: flags.has("same-output"),
  };
  const margin = ratioOf(flags, {
    name: "time-margin",
    least: LEAST_TIME_MARGIN,
    fallback: LEAST_TIME_MARGIN,
  });
  const a = await readSide(pathA);
  const b = pathB === undefined || pathB === pathA ? a : await readSide(pathB);
  if (b.run === undefined) {
    throw new InputError("Cannot gate a baseline: expected a run as B: name the run's folder");
  }
  const pair = named ?? (b === a ? onlyPair(b.facts) : undefined);
  const confirmed = flags.text("confirmed");
  const time = timeOf({ a, b, pair, margin, confirmed });
  return judgeGate({ a: a.facts, b: b.facts, blessing: a.blessing, pair, limits, time });
}

function pairOf(flags: CommandArguments["flags"]) {
  const a = flags.text("arm-a");
  const b = flags.text("arm-b");
  if (a === undefined && b === undefined) return undefined;
  if (a !== undefined && b !== undefined) return { a, b };
  throw new UsageError("Cannot gate a pair of policies: expected both --arm-a and --arm-b");
}

/** The two policies of a run that has two: the first is compared with. */
function onlyPair({ arms }: RunFacts): { readonly a: string; readonly b: string } {
  const [a, b, ...more] = arms.slice(1); // full depth comes first
  if (a !== undefined && b !== undefined && more.length === 0) return { a: a.label, b: b.label };
  throw new UsageError(
    "Cannot gate one run: expected two policies beside full depth: name a second run, or two " +
      `policies with --arm-a and --arm-b: it has ${arms.length - 1}`,
  );
}

function ratioOf(
  flags: CommandArguments["flags"],
  { name, least, fallback }: {
    readonly name: string;
    readonly least: number;
    readonly fallback: number;
  },
): number {
  const value = flags.number(name) ?? fallback;
  if (value >= least && value <= 1) return value;
  throw new UsageError(
    `Cannot read flag "--${name}": must be >= ${least} and <= 1: current value is ${value}`,
  );
}

/** The time check, or the reason why there is none. */
function timeOf(
  { a, b, pair, margin, confirmed }: {
    readonly a: GateSide;
    readonly b: GateSide;
    readonly pair: { readonly a: string; readonly b: string } | undefined;
    readonly margin: number;
    readonly confirmed: string | undefined;
  },
): GateCheck | string {
  if (pair === undefined || b !== a || b.run === undefined) {
    if (confirmed !== undefined) {
      throw new UsageError(
        "Cannot confirm a time: expected two policies of one run: name one run, --arm-a and --arm-b",
      );
    }
    return "Time is not gated: only policies measured side by side in one run are compared";
  }
  const confirming = confirmed === undefined ? undefined : readCompleteRun(confirmed);
  if (confirming !== undefined) {
    const { digest, started } = b.run.manifest;
    if (confirming.manifest.digest !== digest || confirming.manifest.started === started) {
      throw new InputError(
        `Cannot confirm with "${confirmed}": expected another run of the same plan: repeat the ` +
          "command with another --out",
      );
    }
  }
  return timeCheck(b.run, { gate: { ...pair, margin }, confirming }) ??
    "Time is not gated: the run timed no pair of these policies";
}

/** Verdict and every check that did not simply pass, one line each. */
function gateText({ outcome, checks, notes }: GateReport): string {
  const told = checks.filter((check) => check.outcome !== "pass");
  return [
    `Gate: ${outcome} (${checks.length - told.length} of ${checks.length} checks equal)`,
    ...told.map(({ arm, name, suite, a, b, outcome, says }) => {
      const title = suite === undefined ? name : `${name}, suite ${suite}`;
      const numbers = `${numberText(a)} → ${numberText(b)}`;
      return oneLine(`${outcome.padEnd(12)} ${arm}: ${title}: ${numbers}: ${says}`);
    }),
    ...notes.map(oneLine),
    "",
  ].join("\n");
}
