/**
 * Copying a list of letters backwards.
 *
 *     prompt  reverse: X Q M T = T M Q X
 *             reverse: k v a d r =
 *     answer   r d a v k
 *
 * The form of `copy`: a fixed worked example in capitals, then letters drawn
 * independently from a to z, a space before each. Unlike copying, the place
 * read moves against the place written, so no fixed distance between them helps.
 * Levels are lists of 3, 4, 6, 8 and 10 letters. Scored by exact match.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import { drawItems, drawSymbols, exactMatch, LETTERS, type Level } from "./_generated.ts";

/** The worked example that every prompt starts with. */
const EXAMPLE = "reverse: X Q M T = T M Q X\n";

/** Lists of `length` letters. */
function reverseLevel(length: number): Level {
  return {
    name: `length-${length}`,
    draw(random) {
      const list = drawSymbols(random, LETTERS, length).map((letter) => ` ${letter}`);
      return {
        prompt: `${EXAMPLE}reverse:${list.join("")} =`,
        target: list.toReversed().join(""),
      };
    },
  };
}

const LEVELS: readonly Level[] = [3, 4, 6, 8, 10].map(reverseLevel);

/** Reversing lists of 3 to 10 letters. */
export const reverse: SuitePlugin = {
  name: "reverse",
  summary: "Repeat a list of letters backwards; exact match",
  version: 1,
  measure: { kind: "generation", maxTokens: 16, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("reverse", LEVELS, request),
};
