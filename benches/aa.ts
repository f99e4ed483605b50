/**
 * `deno task evidence:aa`: whether runs tell equal arms from unequal ones, again
 * and again.
 *
 * `--check aa` runs SmolLM2 many times with full depth, its copy and `layer_list`
 * without three blocks at a margin of 2 %, each run in a process of its own with a
 * seed of its own; `--check demo` runs the demo's command with other seeds. Runs
 * that are done are kept in a folder and not run again, and one that was cut off
 * goes on, so the command may be stopped and repeated.
 *
 * @module
 */
import type { Command, Io } from "../cli/command.ts";
import { dispatch } from "../cli/dispatch.ts";
import { EXIT } from "../cli/exit_code.ts";
import { openProcessIo } from "../cli/process_io.ts";
import { InputError } from "../harness/contract/errors.ts";
import type { Summary } from "../harness/contract/summary.ts";
import { AA_BARS, type AaCheck, aaReport, type AaRun, aaRunOf, needed } from "./aa_report.ts";
import { oneOf, positiveInteger } from "./bench_flags.ts";
import { describeMachine, readMachine } from "./machine.ts";

/** Time that a process takes beside its budget: loading, opening, reports; minutes. */
const BESIDE = 0.4;

/** Command line and policy of a check. */
interface Plan {
  readonly args: readonly string[];
  readonly policy: string;
  readonly runs: number;
}

/** The `evidence:aa` task as a command. */
export const evidenceAa: Command = {
  name: "evidence:aa",
  summary: "Repeat runs of equal and unequal arms and count what they decide",
  usage: "evidence:aa [--check aa|demo] [--runs 20] [--minutes 6] [--model smollm2]",
  flags: {
    check: { kind: "text", value: "<aa|demo>", help: "Default aa" },
    runs: { kind: "number", value: "<n>", help: "Default 20; of demo 10" },
    minutes: { kind: "number", value: "<m>", help: "Most time of a run of aa; default 6" },
    model: { kind: "text", value: "<model>", help: "Model of aa; default smollm2" },
    skip: { kind: "text", value: "<blocks>", help: "Blocks left out; default 10,14,18" },
    backend: { kind: "text", value: "<name>", help: "Default wasm" },
    threads: { kind: "number", value: "<n>", help: "Threads; measured at start by default" },
    folder: { kind: "text", value: "<folder>", help: "Where runs are kept; default out/evidence" },
    out: { kind: "text", value: "<file.md>", help: "Also writes the report there" },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const check = oneOf("check", flags.text("check") ?? "aa", ["aa", "demo"]);
    const plan = check === "aa" ? aaPlan(flags) : await demoPlan();
    const count = positiveInteger("runs", flags.number("runs") ?? plan.runs);
    const folder = flags.text("folder") ?? "out/evidence";
    const machine = await readMachine();
    const runs: AaRun[] = [];
    for (let run = 1; run <= count && !io.signal.aborted; run++) {
      const found = await oneRun(plan, { run, folder: `${folder}/${check}-${run}`, io });
      if (found !== undefined) runs.push(found);
      io.say(`${check}: ${runs.length} of ${count} runs done`);
    }
    const head = [
      describeMachine(machine),
      `\nCommand of a run: \`${plan.args.join(" ")} --seed <run>\``,
    ].join("\n");
    const text = aaReport(check, { runs, title: titleOf(check, plan), head });
    const out = flags.text("out");
    if (out !== undefined) await Deno.writeTextFile(out, text);
    io.write(text);
    if (runs.length < count) return EXIT.interrupted;
    const met = AA_BARS[check].every((bar) =>
      runs.filter(bar.holds).length >= needed(bar, runs.length)
    );
    return met ? EXIT.done : 1;
  },
};

function titleOf(check: AaCheck, { policy }: Plan): string {
  return check === "aa"
    ? `Full depth twice, and ${policy}, run by run`
    : `The demo's verdict on ${policy}, run by run`;
}

function aaPlan(flags: Parameters<Command["run"]>[0]["flags"]): Plan {
  const minutes = flags.number("minutes") ?? 6;
  if (!(minutes > 2 * BESIDE)) {
    throw new InputError(
      `Cannot time runs of ${minutes} minutes: expected more than ${2 * BESIDE}: pass --minutes 6`,
    );
  }
  const blocks = (flags.text("skip") ?? "10,14,18").split(",").map((block) =>
    positiveInteger("skip", Number(block))
  );
  const policy = `layer_list(skip=[${blocks.join(",")}])`;
  const threads = flags.number("threads");
  return {
    policy,
    runs: 20,
    args: [
      "run",
      ...["--model", flags.text("model") ?? "smollm2"],
      ...["--backend", flags.text("backend") ?? "wasm"],
      ...threads === undefined ? [] : ["--threads", String(threads)],
      ...["--suite", "copy,recall", "--limit", "12", "--passes", "timed"],
      ...["--policies", policy, "--no-control", "--margin", "0.02"],
      ...["--time-budget", `${Math.round((minutes - BESIDE) * 60)}s`],
    ],
  };
}

/** The demo's own command line, without where it writes. */
async function demoPlan(): Promise<Plan> {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json")) as {
    readonly tasks: Readonly<Record<string, string>>;
  };
  const words = [...tasks["demo:exit"]!.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) =>
    quoted ?? bare!
  );
  const args = words.slice(words.indexOf("run"));
  const kept = args.filter((word, i) =>
    word !== "--fresh" && !["--out", "--report"].includes(word) &&
    !["--out", "--report"].includes(args[i - 1] ?? "")
  );
  return { args: kept, policy: "fixed_exit(exit=6)", runs: 10 };
}

/** A run's row, from its folder when it is done. */
async function oneRun(
  plan: Plan,
  { run, folder, io }: { readonly run: number; readonly folder: string; readonly io: Io },
): Promise<AaRun | undefined> {
  const place = `${folder}/row.json`;
  const identity = plan.args.join(" ");
  const stored = await readRow(place);
  if (stored?.identity === identity) return stored.row;
  const load = Deno.loadavg()[0];
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--cached-only", "-P=bench", "main.ts"],
      ...[...plan.args, "--seed", String(run), "--out", folder],
    ],
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const stop = () => child.kill("SIGINT");
  io.signal.addEventListener("abort", stop);
  const { code } = await child.status;
  io.signal.removeEventListener("abort", stop);
  if (io.signal.aborted) return undefined;
  if (code !== 0) throw new InputError(`Cannot use run ${run}: it ended with exit code ${code}`);
  const { summary } = JSON.parse(await Deno.readTextFile(`${folder}/summary.json`)) as {
    readonly summary: Summary;
  };
  const minutes = (performance.now() - start) / 60_000;
  const row = aaRunOf(summary, { run, minutes, load, policy: plan.policy });
  if (row === undefined) {
    throw new InputError(`Cannot use run ${run}: policy "${plan.policy}" was not timed`);
  }
  await Deno.writeTextFile(place, JSON.stringify({ identity, row }));
  return row;
}

async function readRow(
  path: string,
): Promise<{ readonly identity: string; readonly row: AaRun } | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

if (import.meta.main) {
  const io = openProcessIo();
  Deno.exit(await dispatch([evidenceAa.name, ...Deno.args], { commands: [evidenceAa], io }));
}
