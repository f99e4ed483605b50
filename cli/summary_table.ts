/**
 * Aligned plain-text tables for terminals, and the policy table of a summary.
 * Numbers come computed; this file only writes them.
 *
 * @module
 */
import type { ArmSummary, Estimate, Summary } from "../harness/contract/summary.ts";
import { oneLine } from "./terminal_text.ts";

/** Where nothing was measured. */
const ABSENT = "—";

/** A table whose first column is text and whose others are numbers. */
export function alignedTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const all = [header, ...rows].map((row) => row.map(oneLine));
  const widths = header.map((_, column) =>
    Math.max(...all.map((row) => [...(row[column] ?? "")].length))
  );
  const lines = all.map((row) =>
    row.map((cell, column) => {
      const blanks = " ".repeat(widths[column]! - [...cell].length);
      return column === 0 ? cell + blanks : blanks + cell;
    }).join("  ").trimEnd()
  );
  return `${lines.join("\n")}\n`;
}

/** A number with three significant digits, or the sign of absence. */
export function numberText(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return ABSENT;
  const size = Math.abs(value);
  if (size === 0) return "0";
  if ((size < 0.001 || size >= 1e6)) return value.toExponential(1);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

function estimateText(estimate: Estimate | undefined, scale: number = 1): string {
  if (estimate === undefined) return ABSENT;
  const value = numberText(scale * estimate.value);
  if (Number.isNaN(estimate.low) || estimate.low === estimate.high) return value;
  return `${value} [${numberText(scale * estimate.low)}, ${numberText(scale * estimate.high)}]`;
}

/** The policy table. Columns of what was not measured for any arm are left out. */
export function summaryTable(summary: Summary): string {
  const suites = [...new Set(summary.arms.flatMap((arm) => arm.quality.map((it) => it.suite)))];
  const columns: readonly (readonly [string, (arm: ArmSummary) => string])[] = [
    ["policy", (arm) => arm.card.deployable === false ? `${arm.label} (upper bound)` : arm.label],
    ...suites.map((suite) =>
      [headingOf(summary, suite), (arm: ArmSummary) => {
        const quality = arm.quality.find((it) => it.suite === suite);
        return estimateText(quality?.value);
      }] as const
    ),
    ["class", (arm) => arm.worstQuality ?? ABSENT],
    ["agreement [%] ↑", (arm) => estimateText(arm.fidelity?.agreement, 100)],
    [
      `blocks run [of ${summary.manifest.model.layerCount}] ↓`,
      (arm) => estimateText(arm.cost?.blocksRun),
    ],
    ["MACs [×] ↓", (arm) => numberText(arm.cost?.macs)],
    ["speed-up [×] ↑", (arm) => estimateText(arm.speed?.perPrompt)],
    ["verdict", (arm) => arm.role === "baseline" ? ABSENT : arm.speed?.verdict ?? ABSENT],
  ];
  const shown = columns.filter(([, cell]) => summary.arms.some((arm) => cell(arm) !== ABSENT));
  return alignedTable(
    shown.map(([heading]) => heading),
    summary.arms.map((arm) => shown.map(([, cell]) => cell(arm))),
  );
}

function headingOf(summary: Summary, suite: string): string {
  const metric = summary.arms.flatMap((arm) => arm.quality).find((it) => it.suite === suite)
    ?.metric;
  return metric === "nll" ? `${suite} [nats] ↓` : `${suite} ↑`;
}
