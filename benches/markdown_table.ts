/**
 * Figures as Markdown tables, columns aligned, and numbers as texts.
 *
 * @module
 */
import type { Measured } from "./median_interval.ts";

/** Shown where nothing was measured. */
export const ABSENT = "—";

/** A table; the first column is left-aligned, the others right-aligned. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [header, ...rows].map((row) => header.map((_, c) => escapeCell(row[c] ?? ABSENT)));
  const widths = header.map((_, c) => Math.max(3, ...cells.map((row) => row[c]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, c) => pad(cell, widths[c]!, c > 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width, c) => ruleOf(width, c > 0)).join(" | ")} |`;
  const [first, ...rest] = cells;
  return [line(first!), rule, ...rest.map(line), ""].join("\n");
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}

function ruleOf(width: number, right: boolean): string {
  return right ? `${"-".repeat(width - 1)}:` : "-".repeat(width);
}

/** `digits` significant digits, never with an exponent; `—` for what is not a number. */
export function figure(value: number | undefined, digits = 3): string {
  if (value === undefined || !Number.isFinite(value)) return ABSENT;
  const size = Math.abs(value);
  const whole = size === 0 ? 1 : Math.floor(Math.log10(size)) + 1; // digits before the point
  return value.toFixed(Math.min(6, Math.max(0, digits - whole)));
}

/** `value [low, high]`. */
export function figureWithInterval(measured: Measured | undefined, digits = 3): string {
  if (measured === undefined) return ABSENT;
  const { value, low, high } = measured;
  if (!Number.isFinite(low) || !Number.isFinite(high)) return figure(value, digits);
  return `${figure(value, digits)} [${figure(low, digits)}, ${figure(high, digits)}]`;
}

/** A share as percent. */
export function percent(share: number | undefined): string {
  return share === undefined || !Number.isFinite(share) ? ABSENT : `${(100 * share).toFixed(1)} %`;
}
