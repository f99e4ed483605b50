/**
 * Associative recall from many pairs.
 *
 *     prompt  recall: X3 Q8; Q8
 *             recall: M5 T1; M5
 *             recall: k4 v7 a2 … r4; v
 *     answer  7
 *
 * The form of `recall`, its worked examples included, with more pairs than
 * there. Keys are different letters; values are digits drawn independently, so
 * some repeat and the values shown say less. Levels are 8, 12, 16 and 24 pairs.
 * Scored by exact match.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import type { Random } from "../harness/numerics/random.ts";
import { DIGITS, drawItems, drawSymbols, exactMatch, type Level } from "./_generated.ts";
import { recallLevel } from "./_recall_level.ts";

/** Digits drawn independently. */
const drawValues = (random: Random, count: number): string[] => drawSymbols(random, DIGITS, count);

const LEVELS: readonly Level[] = [8, 12, 16, 24].map((pairs) => recallLevel(pairs, drawValues));

/** Recalling the value of one of 8 to 24 keys. */
export const recallMany: SuitePlugin = {
  name: "recall_many",
  summary: "Look up one of many key-value pairs; exact match",
  version: 1,
  measure: { kind: "generation", maxTokens: 4, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("recall_many", LEVELS, request),
};
