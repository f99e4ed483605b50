/**
 * Numbers out of the flags of benches.
 *
 * @module
 */
import type { FlagValues } from "../cli/command.ts";
import { UsageError } from "../harness/contract/errors.ts";

/** A whole number ≥ 1. */
export function positiveInteger(flag: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(
    `Cannot read flag "--${flag}": must be a whole number >= 1: current value is ${value}`,
  );
}

/** Whole numbers ≥ 1, separated by commas, each once, ascending. */
export function positiveIntegers(flag: string, text: string): readonly number[] {
  const values = text.split(",").map((part) => positiveInteger(flag, Number(part.trim() || NaN)));
  return [...new Set(values)].sort((a, b) => a - b);
}

/** `--threads`, when it is there. */
export function chosenThreads(flags: FlagValues): number | undefined {
  const threads = flags.number("threads");
  return threads === undefined ? undefined : positiveInteger("threads", threads);
}

/** One of some words. */
export function oneOf<T extends string>(flag: string, value: string, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new UsageError(
    `Cannot read flag "--${flag}": expected one of ${
      words.map((word) => `"${word}"`).join(", ")
    }: current value is "${value}"`,
  );
}
