/**
 * A calibration as text for people: the settings looked at, and the promise.
 *
 * @module
 */
import type {
  FrozenEstimate,
  FrozenOptions,
  FrozenSetting,
} from "../harness/calibrate/frozen_options.ts";
import { alignedTable, numberText } from "./summary_table.ts";
import { oneLine } from "./terminal_text.ts";

/** Origin, table and guarantee. */
export function calibrationText(frozen: FrozenOptions): string {
  const { settings, guarantee, cost } = frozen;
  return [
    originLine(frozen),
    ...(settings.length === 0 ? [] : ["", tableOf(frozen).trimEnd()]),
    "",
    oneLine(foundText(frozen)),
    `Guarantee: ${oneLine(guarantee)}`,
    `Cost: ${numberText(cost.seconds)} s, ${cost.tokens} tokens through the model`,
    "",
  ].join("\n");
}

function originLine({ model, suites, backend, prompts, basis }: FrozenOptions): string {
  return oneLine([
    "calibrated",
    model.name,
    `suites ${suites.map(({ name, size }) => `${name} (${size})`).join(", ")}`,
    `${prompts} prompts`,
    basis === "replayed" ? "replayed" : `run (${basis})`,
    `${backend.name} ${backend.kernels.replace("sha256:", "").slice(0, 8)}`,
  ].join(" · "));
}

function foundText({ spec, method }: FrozenOptions): string {
  if (!("coverage" in method)) return `Fixed: ${spec}`;
  const { coverage, accuracy } = method;
  return `Fixed: ${spec}: ${numberText(100 * coverage)} % of the exits pass` +
    (accuracy === undefined ? "" : `, ${numberText(100 * accuracy)} % of them right`);
}

function tableOf({ settings, option, value, method }: FrozenOptions): string {
  const isTest = method.name === "learn_then_test";
  return alignedTable(
    isTest
      ? [option, "loss ↓", "p-value", "verdict", ""]
      : [option, "quality ↑", "MACs [× full depth] ↓", ""],
    settings.map((setting) => [
      String(setting.value),
      ...(isTest
        ? testCells(setting)
        : [estimateText(setting.quality), estimateText(setting.cost)]),
      setting.value === value ? "♦" : "",
    ]),
  );
}

function testCells({ loss, pValue, verdict }: FrozenSetting): readonly string[] {
  return [numberText(loss), numberText(pValue), verdict?.replace("_", " ") ?? ""];
}

function estimateText(estimate: FrozenEstimate | undefined): string {
  if (estimate?.low === undefined) return numberText(estimate?.value);
  return `${numberText(estimate.value)} [${numberText(estimate.low)}, ${
    numberText(estimate.high)
  }]`;
}
