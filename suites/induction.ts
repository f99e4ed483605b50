/**
 * Induction: what followed a letter once follows it again.
 *
 *     prompt  induction: X Q M T Q M
 *             induction: k v a d r v
 *     answer   a
 *
 *     … A B … A → B
 *
 * All letters of the list are different and the last one shown repeats one of
 * them that is not the list's end, so exactly one letter is right. Two layers
 * of attention are needed (find the earlier A, read what comes after it): a
 * cliff in depth. The first line is a fixed worked example in capitals.
 * Levels are lists of 4, 8, 12, 16 and 24 letters; a guess among the letters
 * shown is right one time in that many. Scored by exact match.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import { drawDistinct, drawItems, exactMatch, LETTERS, type Level } from "./_generated.ts";

/** The worked example that every prompt starts with. */
const EXAMPLE = "induction: X Q M T Q M\n";

/** Lists of `length` different letters, then one of them again. */
function inductionLevel(length: number): Level {
  return {
    name: `length-${length}`,
    draw(random) {
      const list = drawDistinct(random, LETTERS, length).map((letter) => ` ${letter}`);
      const at = random.int(length - 1);
      return {
        prompt: `${EXAMPLE}induction:${list.join("")}${list[at]!}`,
        target: list[at + 1]!,
      };
    },
  };
}

const LEVELS: readonly Level[] = [4, 8, 12, 16, 24].map(inductionLevel);

/** Repeating what followed a letter in lists of 4 to 24. */
export const induction: SuitePlugin = {
  name: "induction",
  summary: "Say what followed a letter before; exact match",
  version: 1,
  measure: { kind: "generation", maxTokens: 4, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("induction", LEVELS, request),
};
