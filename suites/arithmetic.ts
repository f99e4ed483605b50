/**
 * Sums of two numbers.
 *
 *     prompt  47+85=132
 *             36+57=
 *     answer  93
 *
 * The first line is a fixed worked example, itself an item of the training
 * split, so no other split asks for it. Levels are graded by the digits of the longer number, 1 to 3, and by how
 * many columns carry: `digits-2-carries-1`. One number has exactly that many
 * digits, the other at most that many. There are only 100 sums of one-digit
 * numbers, so each split exhausts them soon. Scored by exact match.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import type { Random } from "../harness/numerics/random.ts";
import { drawItems, exactMatch, type Level } from "./_generated.ts";

/** The worked example that every prompt starts with. */
const EXAMPLE = "47+85=132\n";

/** How many columns of a + b carry into the next. */
export function carriesOf(a: number, b: number): number {
  let carries = 0;
  let carry = 0;
  for (; a > 0 || b > 0; a = Math.floor(a / 10), b = Math.floor(b / 10)) {
    carry = a % 10 + b % 10 + carry > 9 ? 1 : 0;
    carries += carry;
  }
  return carries;
}

/** A number of exactly `digits` digits; 0 has one digit. */
function drawNumber(random: Random, digits: number): number {
  const least = digits === 1 ? 0 : 10 ** (digits - 1);
  return least + random.int(10 ** digits - least);
}

/** Sums whose longer number has `digits` digits. */
function sumLevel(digits: number): Level {
  return {
    name: `digits-${digits}`,
    draw(random) {
      const long = drawNumber(random, digits);
      const other = drawNumber(random, 1 + random.int(digits));
      const [a, b] = random.int(2) === 0 ? [long, other] : [other, long];
      const level = `digits-${digits}-carries-${carriesOf(a, b)}`;
      return { prompt: `${EXAMPLE}${a}+${b}=`, target: `${a + b}`, level };
    },
  };
}

const LEVELS: readonly Level[] = [1, 2, 3].map(sumLevel);

/** Sums of two numbers of one to three digits. */
export const arithmetic: SuitePlugin = {
  name: "arithmetic",
  summary: "Add two numbers of one to three digits; exact match",
  version: 1,
  measure: { kind: "generation", maxTokens: 8, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("arithmetic", LEVELS, request),
};
