/**
 * The `calibrate` command: one option of a policy, fixed on the calibration split,
 * into a file of frozen options.
 *
 * @module
 */
import { type LearnThenTest, learnThenTest } from "../harness/calibrate/fixed_sequence.ts";
import { selectOnCurve } from "../harness/calibrate/curve_selection.ts";
import { itemIds, sharedItems } from "../harness/calibrate/item_ids.ts";
import { quantileThreshold } from "../harness/calibrate/quantile_rules.ts";
import { leastPrompts } from "../harness/calibrate/risk_bound.ts";
import { rulePairs } from "../harness/calibrate/rule_pairs.ts";
import { InputError, UsageError } from "../harness/contract/errors.ts";
import type { RunPlan } from "../harness/runner.ts";
import {
  CALIBRATE_FLAGS,
  type CalibrateRequest,
  readCalibrateRequest,
} from "./calibrate_request.ts";
import { calibrationLosses, type SettingLosses, traceFor } from "./calibration_losses.ts";
import { calibrationText } from "./calibration_text.ts";
import type { Command, Io } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { type Fixed, freeze, frozenSetting, withOption } from "./freeze.ts";
import { writeFrozenFile } from "./frozen_file.ts";
import { makeFolder } from "./run_folder.ts";
import { planNamed } from "./trace_plan.ts";

/** The `calibrate` command. */
export const calibrateCommand: Command = {
  name: "calibrate",
  summary: "Fix an option of a policy on the calibration split, with a guarantee",
  usage: 'calibrate --policy "calm(measure=softmax)" --grid 0.5..1/11 --out out/calm_tiny.json',
  details: `learn_then_test keeps the expected loss at --delta with probability 1 - epsilon over the
draw of the prompts. target_quality and target_speed choose on the curve, max_coverage,
min_coverage and midpoint by a share of right exits; these promise nothing. The file is a policy:
run --policies @out/calm_tiny.json`,
  flags: CALIBRATE_FLAGS,
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const request = await readCalibrateRequest(flags);
    const plan = await planOf(request);
    try {
      await refuseTestItems(plan);
      const start = performance.now();
      const fixed = await fix(plan, request, io);
      if (fixed === undefined) {
        io.say("Stopped: nothing was written");
        return EXIT.interrupted;
      }
      const seconds = (performance.now() - start) / 1000;
      const frozen = await freeze(plan, { request, fixed, seconds });
      const folder = request.out.replace(/[^\\/]*$/, "");
      if (folder !== "") await makeFolder(folder);
      await writeFrozenFile(request.out, frozen);
      io.write(
        flags.has("json") ? `${JSON.stringify(frozen, undefined, 2)}\n` : calibrationText(frozen),
      );
      if (fixed.leftOut > 0) {
        io.say(`${fixed.leftOut} items are left out: they do not fit the model's context`);
      }
      io.say(`Wrote ${request.out}: use it with: run --policies "@${request.out}"`);
      return EXIT.done;
    } finally {
      plan.close();
    }
  },
};

/** Values that are run: the grid, and the fallback to see that it has no loss. */
function valuesOf({ grid, method }: CalibrateRequest): readonly number[] {
  return method.name === "learn_then_test" && !grid.includes(method.fallback)
    ? [...grid, method.fallback]
    : grid;
}

async function planOf(request: CalibrateRequest): Promise<RunPlan> {
  const { spec, method, policy, option } = request;
  const { size, split, seed, limit } = spec;
  const values = valuesOf(request);
  return await planNamed({
    model: spec.model,
    backend: spec.backend,
    parts: spec.parts,
    suites: spec.suites.map((name) => ({ name, size, split, seed, limit })),
    arms: values.length === 0
      ? [policy.text] // quantile rules find the value
      : values.map((value) => withOption(policy.text, { option, value })),
    pass: "risk" in method && method.risk === "task" ? "free" : "lockstep",
    seed,
    maxTokens: spec.maxTokens,
  });
}

/** An item may be in one split only; suites from elsewhere may not keep to that. */
async function refuseTestItems(plan: RunPlan): Promise<void> {
  const calibrating = itemIds(plan.encoded.map(({ item }) => item.id));
  for (const { plugin, size, seed } of plan.request.suites) {
    const test = await plugin.items({ size, seed, split: "test" });
    const shared = sharedItems(calibrating, test.map(({ id }) => id));
    if (shared.length > 0) {
      throw new InputError(
        `Cannot calibrate on suite "${plugin.name}": expected splits without common items: ` +
          `${shared.length} are in split "test" too: correct the suite`,
      );
    }
  }
}

async function fix(
  plan: RunPlan,
  request: CalibrateRequest,
  io: Io,
): Promise<Fixed | undefined> {
  const { method } = request;
  if (!("risk" in method)) return await fixByQuantile(plan, request, io);
  if (method.name === "learn_then_test") refuseUnboundable(plan, method);
  const wantsCost = method.name !== "learn_then_test";
  const found = await calibrationLosses(plan, { risk: method.risk, wantsCost }, io);
  if (found === undefined) return undefined;
  const { basis, tokens, settings } = found;
  const { prompts, leftOut, items } = settings[0]!;
  const base = { basis, tokens, prompts: prompts.length, leftOut, items };
  const values = valuesOf(request);
  if (method.name === "learn_then_test") {
    return { ...base, ...fixByTest({ values, settings, grid: request.grid }, method) };
  }
  const points = settings.map((each, i) => ({ value: values[i]!, ...each, cost: each.cost! }));
  const chosen = selectOnCurve(points, { kind: method.name, target: method.target });
  if (chosen === undefined) {
    throw new InputError(
      `Cannot reach ${
        method.name === "target_quality" ? "quality" : "speed"
      } ${method.target}: no setting's interval on ${prompts.length} prompts does: ` +
        "lower --target, or widen --grid",
    );
  }
  return { ...base, value: chosen.value, method, settings: points.map(frozenSetting) };
}

function fixByTest(
  { values, settings, grid }: {
    readonly values: readonly number[];
    readonly settings: readonly SettingLosses[];
    readonly grid: readonly number[];
  },
  method: LearnThenTest & Extract<CalibrateRequest["method"], { name: "learn_then_test" }>,
): Pick<Fixed, "value" | "method" | "settings"> {
  const { fallback, ...recorded } = method;
  const lost = settings[values.indexOf(fallback)]!.losses.filter((loss) => loss > 0).length;
  if (lost > 0) {
    throw new UsageError(
      `Cannot fall back to ${fallback}: expected full depth, without loss: ${lost} prompts lose: ` +
        "name the value that never exits with --fallback",
    );
  }
  const { value, isFallback, tested } = learnThenTest({
    values: grid,
    losses: grid.map((each) => settings[values.indexOf(each)]!.losses),
  }, method);
  return { value, method: { ...recorded, isFallback }, settings: tested };
}

/** Bounds count independent losses, and enough of them. */
function refuseUnboundable(
  { encoded, request }: RunPlan,
  method: Extract<CalibrateRequest["method"], { name: "learn_then_test" }>,
): void {
  const { delta, epsilon } = method;
  const { plugin, label } = request.arms[1]!;
  if ("state" in plugin && plugin.state?.life === "stream") {
    throw new UsageError(
      `Cannot calibrate policy "${label}" by learn_then_test: expected independent losses: its ` +
        "state passes from prompt to prompt: take target_quality",
    );
  }
  const prompts = new Set(
    encoded.filter(({ refusal }) => refusal === undefined)
      .map(({ suite, item }) => `${suite.name}/${item.group ?? item.id}`),
  ).size;
  const least = leastPrompts(method);
  if (prompts >= least) return;
  throw new UsageError(
    `Cannot calibrate to delta ${delta} at epsilon ${epsilon} with ${prompts} independent prompts: ` +
      `expected at least ${least}, or nothing can be shown: take more suites or a larger --size`,
  );
}

async function fixByQuantile(
  plan: RunPlan,
  { option, method }: CalibrateRequest,
  io: Io,
): Promise<Fixed | undefined> {
  if ("risk" in method) return undefined;
  const arm = plan.request.arms[1];
  const probe = arm?.options[option];
  if (arm === undefined || typeof probe !== "number") {
    throw new UsageError(
      `Cannot calibrate option "${option}": expected a number of policy "${arm?.label ?? "none"}"`,
    );
  }
  const traced = await traceFor(plan, [arm], io);
  if (traced === undefined) return undefined;
  const { table, tokens } = traced;
  const pairs = rulePairs(table, { setting: arm, option, value: probe });
  const { name, target } = method;
  const { threshold, coverage, accuracy } = quantileThreshold(pairs, { rule: name, target });
  if (threshold === -Infinity) {
    throw new InputError(
      `Cannot reach a share of ${target} right exits: no threshold does on ${pairs.agrees.length} ` +
        "exits: lower --target",
    );
  }
  return {
    basis: "replayed",
    tokens,
    prompts: new Set(table.items.map(({ suite, group }) => `${suite}/${group}`)).size,
    leftOut: table.untraced.length,
    items: table.items.map(({ item }) => item),
    value: pairs.optionOf(threshold),
    method: { name, target, coverage, accuracy },
    settings: [],
  };
}
