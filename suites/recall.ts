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
import { DIGITS, drawDistinct, drawItems, exactMatch, LETTERS, type Level } from "./_generated.ts";

/** The worked examples that every prompt starts with. */
const EXAMPLES = "recall: X3 Q8; Q8\nrecall: M5 T1; M5\n";

/** Look-ups among `pairs` pairs. */
function recallLevel(pairs: number): Level {
  return {
    name: `pairs-${pairs}`,
    draw(random) {
      const keys = drawDistinct(random, LETTERS, pairs);
      const values = drawDistinct(random, DIGITS, pairs);
      const asked = random.int(pairs);
      const shown = keys.map((key, i) => ` ${key}${values[i]!}`).join("");
      return { prompt: `${EXAMPLES}recall:${shown}; ${keys[asked]!}`, target: values[asked]! };
    },
  };
}

const LEVELS: readonly Level[] = [2, 3, 4, 6].map(recallLevel);

/** Recalling the value of one of 2 to 6 keys. */
export const recall: SuitePlugin = {
  name: "recall",
  summary: "Look up one of several key-value pairs; exact match",
  version: 1,
  measure: { kind: "generation", maxTokens: 4, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("recall", LEVELS, request),
};
