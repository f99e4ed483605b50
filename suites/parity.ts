/**
 * Parity of how often a mark appears.
 *
 *     prompt  parity: x o x = even
 *             parity: x o o = odd
 *             parity: x o x x o o =
 *     answer   odd
 *
 * Every mark counts: one that is overlooked turns the answer. Marks are drawn
 * independently from `x` and `o`; half of all answers are `odd`, so a guess is
 * right half the time. The worked examples have three marks, which no level has.
 * Levels are 6, 8, 10, 12 and 16 marks. There are only 64 rows of six, so each
 * split exhausts them soon. Scored by exact match.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import { drawItems, drawSymbols, exactMatch, type Level } from "./_generated.ts";

/** The worked examples that every prompt starts with. */
const EXAMPLES = "parity: x o x = even\nparity: x o o = odd\n";

const MARKS: readonly string[] = ["x", "o"];

/** Rows of `length` marks. */
function parityLevel(length: number): Level {
  return {
    name: `length-${length}`,
    draw(random) {
      const row = drawSymbols(random, MARKS, length);
      const odd = row.filter((mark) => mark === "x").length % 2 === 1;
      return {
        prompt: `${EXAMPLES}parity: ${row.join(" ")} =`,
        target: odd ? " odd" : " even",
      };
    },
  };
}

const LEVELS: readonly Level[] = [6, 8, 10, 12, 16].map(parityLevel);

/** Parity of 6 to 16 marks. */
export const parity: SuitePlugin = {
  name: "parity",
  summary: "Say whether a mark appears an odd or even number of times; exact match",
  version: 1,
  measure: { kind: "generation", maxTokens: 4, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("parity", LEVELS, request),
};
