/**
 * What `recall` and `recall_many` share: look-ups among key–value pairs.
 *
 *     prompt  recall: X3 Q8; Q8
 *             recall: M5 T1; M5
 *             recall: k4 v7 a2; v
 *     answer  7
 *
 * The first two lines are fixed worked examples with keys of their own. Keys are
 * different letters, and the key asked for is one of those shown.
 *
 * @module
 */
import type { Random } from "../harness/numerics/random.ts";
import { drawDistinct, LETTERS, type Level } from "./_generated.ts";

/** The worked examples that every prompt starts with. */
const EXAMPLES = "recall: X3 Q8; Q8\nrecall: M5 T1; M5\n";

/** Look-ups among `pairs` pairs whose values `drawValues` draws, one digit each. */
export function recallLevel(
  pairs: number,
  drawValues: (random: Random, count: number) => readonly string[],
): Level {
  return {
    name: `pairs-${pairs}`,
    draw(random) {
      const keys = drawDistinct(random, LETTERS, pairs);
      const values = drawValues(random, pairs);
      const asked = random.int(pairs);
      const shown = keys.map((key, i) => ` ${key}${values[i]!}`).join("");
      return { prompt: `${EXAMPLES}recall:${shown}; ${keys[asked]!}`, target: values[asked]! };
    },
  };
}
