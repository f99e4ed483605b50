/**
 * Sorting a list of letters.
 *
 *     prompt  sort: X Q M T = M Q T X
 *             sort: k v a d a =
 *     answer   a a d k v
 *
 * Letters are drawn independently, so some repeat. Each letter of the answer
 * depends on all of the list: difficulty grows with the length. The first line
 * is a fixed worked example in capitals.
 * Levels are lists of 2, 3, 4, 6, 8 and 12 letters. Scored by exact match.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import { drawItems, drawSymbols, exactMatch, LETTERS, type Level } from "./_generated.ts";

/** The worked example that every prompt starts with. */
const EXAMPLE = "sort: X Q M T = M Q T X\n";

/** Lists of `length` letters. */
function sortingLevel(length: number): Level {
  return {
    name: `length-${length}`,
    draw(random) {
      const list = drawSymbols(random, LETTERS, length).map((letter) => ` ${letter}`);
      return {
        prompt: `${EXAMPLE}sort:${list.join("")} =`,
        target: list.toSorted().join(""),
      };
    },
  };
}

const LEVELS: readonly Level[] = [2, 3, 4, 6, 8, 12].map(sortingLevel);

/** Sorting lists of 2 to 12 letters. */
export const sorting: SuitePlugin = {
  name: "sorting",
  summary: "Write a list of letters in order; exact match",
  version: 1,
  measure: { kind: "generation", maxTokens: 18, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("sorting", LEVELS, request),
};
