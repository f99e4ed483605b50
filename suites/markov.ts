/**
 * Text of a source whose law is known: Markov chains over the letters.
 *
 * Chain c draws the next letter t from the last one s and, in second order,
 * the one before it u (letters are numbers from a = 0, sums modulo 26):
 *
 *     t = 5 s + 11 u + 7 r + 3 c        first order: without 11 u
 *     p(t | s, u) = w_r                 r = 0 … R − 1; 7 has an inverse, so all t differ
 *
 * 5 and 11 have inverses too, so every letter is reached with the same total
 * weight: the stationary law of a letter (of two, in second order) is uniform,
 * texts start in it, and the entropy of each letter given those before is
 * exactly −Σ w_r ln w_r, the floor of any model's loss. {@linkcode markovLaw} gives the true law of the next letter, to compare
 * a model's law and its confidence with.
 *
 *     chain  order  weights               entropy [bits]
 *     1      1      ½ ½                   1
 *     2      1      ½ ¼ ⅛ ⅛               1.75
 *     3      1      ⅛ × 8                 3
 *     4      2      ½ ½                   1
 *     5      2      ½ ¼ ⅛ ⅛               1.75
 *
 *     prompt  markov 1: k b
 *     target   i t …                      24 letters
 *
 * One chain is one level. The chain's number is in the prompt: what is left to
 * learn is its table, not which chain it is. Measured by likelihood.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import type { Random } from "../harness/numerics/random.ts";
import { drawItems, LETTERS, type Level } from "./_generated.ts";

/** Letters of the target. */
const TARGET_LETTERS = 24;

/** Letters of the prompt: enough for the second order. */
const PROMPT_LETTERS = 2;

/** One source. */
export interface MarkovChain {
  /** How many letters back its law looks. */
  readonly order: 1 | 2;
  /** w_r, powers of two that sum to 1. */
  readonly weights: readonly number[];
}

const HALVES: readonly number[] = [1 / 2, 1 / 2];
const SKEWED: readonly number[] = [1 / 2, 1 / 4, 1 / 8, 1 / 8];
const EIGHTHS: readonly number[] = Array.from({ length: 8 }, () => 1 / 8);

/** The chains 1 to 5, in that order. */
export const MARKOV_CHAINS: readonly MarkovChain[] = [
  { order: 1, weights: HALVES },
  { order: 1, weights: SKEWED },
  { order: 1, weights: EIGHTHS },
  { order: 2, weights: HALVES },
  { order: 2, weights: SKEWED },
];

/** Entropy of a chain's next letter given those before, in nats. */
export function markovEntropy({ weights }: MarkovChain): number {
  return -weights.reduce((sum, weight) => sum + weight * Math.log(weight), 0);
}

/** Rank r's letter after the letters `last` and `before` of chain `number`. */
function letterAt(
  number: number,
  { last, before, rank }: { readonly last: number; readonly before: number; readonly rank: number },
): number {
  const { order } = MARKOV_CHAINS[number - 1]!;
  return (5 * last + (order === 2 ? 11 * before : 0) + 7 * rank + 3 * number) % LETTERS.length;
}

/**
 * The true law of what follows `text`, the prompt and any number of whole
 * letters of the target: each letter with the space before it → probability.
 * Throws `RangeError` for a text of another form.
 */
export function markovLaw(text: string): ReadonlyMap<string, number> {
  const match = /^markov ([1-9]):((?: [a-z]){2,})$/.exec(text);
  const number = Number(match?.[1]);
  const chain = MARKOV_CHAINS[number - 1];
  if (match === null || chain === undefined) {
    throw new RangeError(
      `Cannot give the law of a text: expected the start of an item of suite "markov": current value is "${text}"`,
    );
  }
  const letters = match[2]!.replaceAll(" ", "");
  const last = LETTERS.indexOf(letters.at(-1)!);
  const before = LETTERS.indexOf(letters.at(-2)!);
  return new Map(
    chain.weights.map((weight, rank) => [
      ` ${LETTERS[letterAt(number, { last, before, rank })]!}`,
      weight,
    ]),
  );
}

/** A rank with the probability of its weight; exact, since weights and draws are binary fractions. */
function drawRank(random: Random, weights: readonly number[]): number {
  let rank = 0;
  for (let left = random.uniform(); left >= weights[rank]!; rank++) left -= weights[rank]!;
  return rank;
}

/** Texts of chain `number`. */
function markovLevel(number: number): Level {
  const { order, weights } = MARKOV_CHAINS[number - 1]!;
  return {
    name: `chain-${number}-order-${order}`,
    draw(random) {
      let before = random.int(LETTERS.length);
      let last = random.int(LETTERS.length);
      if (order === 1) {
        last = letterAt(number, { last: before, before: 0, rank: drawRank(random, weights) });
      }
      const text = [before, last];
      while (text.length < PROMPT_LETTERS + TARGET_LETTERS) {
        const next = letterAt(number, { last, before, rank: drawRank(random, weights) });
        text.push(next);
        [before, last] = [last, next];
      }
      const spaced = text.map((letter) => ` ${LETTERS[letter]!}`);
      return {
        prompt: `markov ${number}:${spaced.slice(0, PROMPT_LETTERS).join("")}`,
        target: spaced.slice(PROMPT_LETTERS).join(""),
      };
    },
  };
}

const LEVELS: readonly Level[] = MARKOV_CHAINS.map((_, i) => markovLevel(i + 1));

/** Likelihood of text from known Markov chains. */
export const markov: SuitePlugin = {
  name: "markov",
  summary: "Likelihood of letters from Markov chains of known entropy",
  version: 1,
  measure: { kind: "likelihood" },
  framing: "plain",
  items: (request) => drawItems("markov", LEVELS, request),
};
