/**
 * Harder arithmetic: long sums and differences; in training also products modulo a small number.
 *
 *     prompt  23+45=68
 *             9-4=5
 *             7*5 mod 2=1
 *             4821+379=
 *     answer  5200
 *
 * Levels: `sum-digits-4` and `-5`, `difference-digits-2` (the first number has
 * exactly that many digits and is at least the second). The training split has
 * what the embedded models hardly learn as well: `difference-digits-3` and `-4`,
 * `product-digits-1` and `-2` (both factors have exactly that many digits, the
 * modulus is 3 to 9). The worked examples are of sizes that no level has.
 * Scored by exact match.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import type { Random } from "../harness/numerics/random.ts";
import { drawItems, exactMatch, type Level, trainOnly } from "./_generated.ts";

/** The worked examples that every prompt starts with. */
const EXAMPLES = "23+45=68\n9-4=5\n7*5 mod 2=1\n";

/** A number of exactly `digits` digits, its first not 0. */
function drawNumber(random: Random, digits: number): number {
  const least = 10 ** (digits - 1);
  return least + random.int(9 * least);
}

/** A level whose items ask for the value of an expression. */
function valueLevel(name: string, draw: (random: Random) => readonly [string, number]): Level {
  return {
    name,
    draw(random) {
      const [expression, value] = draw(random);
      return { prompt: `${EXAMPLES}${expression}=`, target: `${value}` };
    },
  };
}

/** Sums whose longer number has `digits` digits. */
function sumLevel(digits: number): Level {
  return valueLevel(`sum-digits-${digits}`, (random) => {
    const long = drawNumber(random, digits);
    const other = drawNumber(random, 1 + random.int(digits));
    const [a, b] = random.int(2) === 0 ? [long, other] : [other, long];
    return [`${a}+${b}`, a + b];
  });
}

/** Differences from a number of `digits` digits, never below 0. */
function differenceLevel(digits: number): Level {
  return valueLevel(`difference-digits-${digits}`, (random) => {
    const a = drawNumber(random, digits);
    const b = random.int(a + 1);
    return [`${a}-${b}`, a - b];
  });
}

/** Products of two numbers of `digits` digits, modulo 3 to 9. */
function productLevel(digits: number): Level {
  return valueLevel(`product-digits-${digits}`, (random) => {
    const a = drawNumber(random, digits);
    const b = drawNumber(random, digits);
    const modulus = 3 + random.int(7);
    return [`${a}*${b} mod ${modulus}`, a * b % modulus];
  });
}

const LEVELS: readonly Level[] = [
  ...[4, 5].map(sumLevel),
  differenceLevel(2),
  ...[3, 4].map(differenceLevel).map(trainOnly),
  ...[1, 2].map(productLevel).map(trainOnly),
];

/** Long sums and differences. */
export const arithmeticHard: SuitePlugin = {
  name: "arithmetic_hard",
  summary: "Sums of four and five digits, differences of two; exact match",
  version: 2,
  measure: { kind: "generation", maxTokens: 10, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("arithmetic_hard", LEVELS, request),
};
