/**
 * CALM's guarantee on fresh data: `deno task evidence:calm_guarantee`.
 *
 * Losses of CALM at fourteen thresholds are recorded once per prompt of the
 * calibration split. Then, hundreds of times, half of the prompts drawn at random
 * calibrate, and the other half tells whether the promised risk holds. The naive
 * rule, which trusts the mean loss, goes through the same splits as a control.
 *
 * Exits with 1 when the violations contradict the promise: the lower end of their
 * Wilson interval lies above epsilon.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { readArguments } from "../cli/arguments.ts";
import { type CalibrationLosses, calibrationLosses } from "../cli/calibration_losses.ts";
import type { Command, Io } from "../cli/command.ts";
import { withOption } from "../cli/freeze.ts";
import { planNamed } from "../cli/trace_plan.ts";
import type { LossTable } from "../harness/calibrate/fixed_sequence.ts";
import type { Risk } from "../harness/calibrate/prompt_losses.ts";
import { InputError } from "../harness/contract/errors.ts";
import type { RunPlan } from "../harness/runner.ts";
import { parsePolicySpecs } from "../harness/spec_text.ts";
import { positiveInteger } from "./bench_flags.ts";
import { type GuaranteeCase, guaranteeCase, guaranteeReport } from "./guarantee_report.ts";
import { readMachine } from "./machine.ts";

/** Where the evidence goes. */
const EVIDENCE = "benches/evidence/calm_guarantee.md";

/** Thresholds, the strictest first, close together where losses are small; 1 never exits. */
const GRID = [1, 0.99999, 0.9999, 0.999, 0.995, 0.99, 0.98, 0.97, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5];

/** What is calibrated, and the risks that are promised. */
const CASES: readonly {
  readonly policy: string;
  readonly risk: Risk;
  readonly deltas: readonly number[];
}[] = [
  { policy: "calm(measure=softmax)", risk: "consistency", deltas: [0.05, 0.1, 0.2] },
  { policy: "calm(measure=softmax,fill=recompute)", risk: "consistency", deltas: [0.05, 0.1, 0.2] },
  { policy: "calm(measure=softmax)", risk: "task", deltas: [0.05, 0.1, 0.2] },
];

const COMMAND: Command = {
  name: "calm_guarantee",
  summary: "CALM's guarantee on fresh data",
  usage: "calm_guarantee [--model tiny]",
  flags: {
    model: { kind: "text", value: "<model>", help: "Name or path; default tiny" },
    suite: { kind: "text", value: "<a,b>", help: "Default copy,recall,arithmetic,sorting" },
    limit: { kind: "number", value: "<n>", help: "Prompts per suite; default 100" },
    splits: { kind: "number", value: "<n>", help: "Random splits; default 500" },
    out: { kind: "text", value: "<file.md>", help: `Default ${EVIDENCE}` },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const model = flags.text("model") ?? "tiny";
    const suites = (flags.text("suite") ?? "copy,recall,arithmetic,sorting").split(",");
    const limit = positiveInteger("limit", flags.number("limit") ?? 100);
    const splits = positiveInteger("splits", flags.number("splits") ?? 500);
    const machine = await readMachine();
    const cases: GuaranteeCase[] = [];
    const notTested: string[] = [];
    let identity = "";
    for (const { policy, risk, deltas } of CASES) {
      const plan = await planNamed({
        model,
        backend: "wasm",
        suites: suites.map((name) => ({
          name,
          size: "full",
          split: "calibration",
          seed: 0,
          limit,
        })),
        arms: GRID.map((value) => withOption(policy, { option: "threshold", value })),
        pass: risk === "task" ? "free" : "lockstep",
        seed: 0,
      });
      try {
        const { name, digest } = plan.manifest.model;
        if (identity !== "" && identity !== `${name}, ${digest}`) {
          throw new InputError(
            `Cannot compare cases: model "${name}" changed meanwhile: run again`,
          );
        }
        identity = `${name}, ${digest}`;
        const losses = await lossesOrReason(plan, risk, io);
        if (typeof losses === "string") {
          notTested.push(`${policy}, ${risk}: ${losses}`);
          continue;
        }
        const table: LossTable = {
          values: GRID,
          losses: losses.settings.map((setting) => setting.losses),
        };
        const [label] = parsePolicySpecs(policy);
        const what = { policy: label!.text, risk, basis: losses.basis };
        for (const delta of deltas) cases.push(guaranteeCase(table, { what, delta, splits }));
      } finally {
        plan.close();
      }
    }
    const about = { model: identity, suites, limit, splits, machine, notTested };
    const text = guaranteeReport(cases, about);
    const out = flags.text("out") ?? EVIDENCE;
    await Deno.mkdir(out.replace(/[^/]*$/, "") || ".", { recursive: true });
    await Deno.writeTextFile(out, text);
    io.write(text);
    return cases.some(({ contradicts }) => contradicts) ? 1 : 0;
  },
};

/** Losses, or why the model and suites have none to tell. */
async function lossesOrReason(
  plan: RunPlan,
  risk: Risk,
  io: Io,
): Promise<CalibrationLosses | string> {
  try {
    return await calibrationLosses(plan, { risk, wantsCost: false }, io) ?? "it was interrupted";
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

if (import.meta.main) {
  const io: Io = {
    write: (text) => console.log(text),
    say: (line) => console.error(line),
    color: false,
    signal: new AbortController().signal,
    progress: () => ({ update: () => {}, end: () => {} }),
  };
  Deno.exit(await COMMAND.run(readArguments(COMMAND, Deno.args), io));
}
