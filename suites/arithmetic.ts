/**
 * Sums of two numbers.
 *
 *     prompt  47+85=132
 *             36+57=
 *     answer  93
 *
 * The first line is a fixed worked example, itself an item of the training
 * split, so no other split asks for it. One number has exactly three digits, the other
 * at most that many; levels are graded by how many columns carry:
 * `digits-3-carries-1`. The training split has sums of one and two digits as
 * well, in which the embedded models make no mistakes. Scored by exact match.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import type { Random } from "../harness/numerics/random.ts";
import { drawItems, exactMatch, type Level, trainOnly } from "./_generated.ts";

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

const LEVELS: readonly Level[] = [trainOnly(sumLevel(1)), trainOnly(sumLevel(2)), sumLevel(3)];

/** Sums of two numbers of up to three digits. */
export const arithmetic: SuitePlugin = {
  name: "arithmetic",
  summary: "Add two numbers of up to three digits; exact match",
  version: 2,
  measure: { kind: "generation", maxTokens: 8, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("arithmetic", LEVELS, request),
};
