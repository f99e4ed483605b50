/**
 * Numbers inside the sentences of a summary.
 *
 * @module
 */
import type { Estimate, QualityClass } from "../contract/summary.ts";
import { CLASS_FLOORS } from "./quality.ts";

/** `1.32× [1.29, 1.35]`; without brackets where there is no interval. */
export function timesText({ value, low, high }: Estimate): string {
  return Number.isNaN(low) || low === high && low === value
    ? `${value.toFixed(2)}×`
    : `${value.toFixed(2)}× [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

/** `4.2 %`. */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** `1 prompt`, `5 prompts`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `class A (at least 99.9 % of full depth's quality)`. */
export function classText(name: Exclude<QualityClass, "fail">): string {
  return `class ${name} (at least ${percentText(CLASS_FLOORS[name])} of full depth's quality)`;
}
