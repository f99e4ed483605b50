/**
 * Associative recall: look up one of several key–value pairs.
 *
 *     prompt  recall: X3 Q8; Q8
 *             recall: M5 T1; M5
 *             recall: k4 v7 a2; v
 *     answer  7
 *
 * The first two lines are fixed worked examples with keys of their own. Keys are different letters, values different digits, and the key asked for
 * is one of those shown, so guessing among the shown values is right one time
 * in the number of pairs. Levels are 2, 3, 4 and 6 pairs. Scored by exact match.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import type { Random } from "../harness/numerics/random.ts";
import { DIGITS, drawDistinct, drawItems, exactMatch, type Level } from "./_generated.ts";
import { recallLevel } from "./_recall_level.ts";

/** Different digits, so at most ten. */
const drawValues = (random: Random, count: number): string[] => drawDistinct(random, DIGITS, count);

const LEVELS: readonly Level[] = [2, 3, 4, 6].map((pairs) => recallLevel(pairs, drawValues));

/** Recalling the value of one of 2 to 6 keys. */
export const recall: SuitePlugin = {
  name: "recall",
  summary: "Look up one of several key-value pairs; exact match",
  version: 1,
  measure: { kind: "generation", maxTokens: 4, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("recall", LEVELS, request),
};
