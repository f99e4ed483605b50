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
import {
  DIGITS,
  drawDistinct,
  drawItems,
  drawSymbols,
  exactMatch,
  LETTERS,
  type Level,
} from "./_generated.ts";

/** The worked examples that every prompt starts with. */
const EXAMPLES = "recall: X3 Q8; Q8\nrecall: M5 T1; M5\n";

/** Look-ups among `pairs` pairs. */
function recallLevel(pairs: number): Level {
  return {
    name: `pairs-${pairs}`,
    draw(random) {
      const keys = drawDistinct(random, LETTERS, pairs);
      const values = drawSymbols(random, DIGITS, pairs);
      const asked = random.int(pairs);
      const shown = keys.map((key, i) => ` ${key}${values[i]!}`).join("");
      return { prompt: `${EXAMPLES}recall:${shown}; ${keys[asked]!}`, target: values[asked]! };
    },
  };
}

const LEVELS: readonly Level[] = [8, 12, 16, 24].map(recallLevel);

/** Recalling the value of one of 8 to 24 keys. */
export const recallMany: SuitePlugin = {
  name: "recall_many",
  summary: "Look up one of many key-value pairs; exact match",
  version: 1,
  measure: { kind: "generation", maxTokens: 4, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("recall_many", LEVELS, request),
};
