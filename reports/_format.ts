/**
 * Numbers as text. Only notation is chosen here (decimals, percent, thousands);
 * a number that is absent or not finite is "—".
 *
 * @module
 */
import type { Estimate } from "../harness/contract/summary.ts";

/** What stands for a value that was not measured. */
export const ABSENT = "—";

/** A notation for one kind of number. */
export type Notation = (value: number) => string;

/** Two decimals: ratios such as speed-ups. */
export function ratio(value: number): string {
  return value.toFixed(2);
}

/** Three decimals: ratios near one. */
export function fineRatio(value: number): string {
  return value.toFixed(3);
}

/** One decimal: blocks, readouts. */
export function tenths(value: number): string {
  return value.toFixed(1);
}

/** A share in [0, 1] in percent, one decimal, without the sign. */
export function percent(value: number): string {
  return (100 * value).toFixed(1);
}

/** Whole numbers with thin spaces between thousands. */
export function whole(value: number): string {
  return value.toFixed(0).replace(/(?<=\d)(?=(?:\d{3})+$)/g, "\u202f");
}

/** Three significant digits in plain notation, for times. */
export function significant(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return size >= 1 || size === 0 ? value.toFixed(2) : value.toPrecision(2);
}

/** Small non-negative quantities over many orders of magnitude: KL, p-values. */
export function small(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 10) return value.toFixed(1);
  return size >= 0.001 ? value.toFixed(3) : value.toExponential(0).replace("e-", "e−");
}

/** The number in a notation, or "—". A minus sign is a minus sign. */
export function number(value: number | undefined, notation: Notation): string {
  if (value === undefined || !Number.isFinite(value)) return ABSENT;
  return notation(value).replace(/^-/, "−");
}

/** The interval in a notation: `[1.44, 1.52]`; one cluster alone has none. */
export function interval(estimate: Estimate, notation: Notation): string {
  if (Number.isNaN(estimate.low) && Number.isNaN(estimate.high)) return "no interval";
  return `[${number(estimate.low, notation)}, ${number(estimate.high, notation)}]`;
}
