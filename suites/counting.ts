/**
 * Counting a letter in a list.
 *
 *     prompt  count: X Q X M; X=2
 *             count: T M Q X; M=1
 *             count: k a k b v k; k=
 *     answer  3
 *
 * The count is drawn first, each from 0 to 9 (or to the list's length)
 * equally likely, so that the length does not tell it; then as many places of
 * the list, and other letters for the rest. The first two lines are fixed
 * worked examples in capitals. Levels are lists of 4, 6, 8, 12 and 16 letters.
 * Scored by exact match.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import {
  drawDistinct,
  drawItems,
  drawSymbols,
  exactMatch,
  LETTERS,
  type Level,
} from "./_generated.ts";

/** The worked examples that every prompt starts with. */
const EXAMPLES = "count: X Q X M; X=2\ncount: T M Q X; M=1\n";

/** Largest count: one digit. */
const MAX_COUNT = 9;

/** Lists of `length` letters. */
function countingLevel(length: number): Level {
  const places = Array.from({ length }, (_, place) => place);
  return {
    name: `length-${length}`,
    draw(random) {
      const count = random.int(Math.min(MAX_COUNT, length) + 1);
      const [counted, ...others] = drawDistinct(random, LETTERS, LETTERS.length);
      const list = drawSymbols(random, others, length);
      for (const place of drawDistinct(random, places, count)) list[place] = counted!;
      return {
        prompt: `${EXAMPLES}count: ${list.join(" ")}; ${counted!}=`,
        target: `${count}`,
      };
    },
  };
}

const LEVELS: readonly Level[] = [4, 6, 8, 12, 16].map(countingLevel);

/** Counting a letter in lists of 4 to 16. */
export const counting: SuitePlugin = {
  name: "counting",
  summary: "Count a letter in a list; exact match",
  version: 1,
  measure: { kind: "generation", maxTokens: 4, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("counting", LEVELS, request),
};
