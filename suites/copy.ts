/**
 * Copying a list of letters.
 *
 *     prompt  copy: X Q M T = X Q M T
 *             copy: k v a d r =
 *     answer   k v a d r
 *
 * The first line is a fixed worked example: a model that never saw the task
 * learns from it what is asked and where the answer ends. Letters are drawn
 * independently from a to z, with a space before each so that every tokenizer
 * with byte-level merges sees one token per letter.
 * Levels are lists of 3, 4 and 6 letters, in training of 8 and 10 as well. Scored
 * by exact match.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import {
  drawItems,
  drawSymbols,
  exactMatch,
  LETTERS,
  type Level,
  trainOnly,
} from "./_generated.ts";

/** The worked example that every prompt starts with. */
const EXAMPLE = "copy: X Q M T = X Q M T\n";

/** Lists of `length` letters. */
function copyLevel(length: number): Level {
  return {
    name: `length-${length}`,
    draw(random) {
      const list = drawSymbols(random, LETTERS, length).map((letter) => ` ${letter}`).join("");
      return { prompt: `${EXAMPLE}copy:${list} =`, target: list };
    },
  };
}

const LEVELS: readonly Level[] = [
  ...[3, 4, 6].map(copyLevel),
  ...[8, 10].map(copyLevel).map(trainOnly),
];

/** Copying lists of 3 to 6 letters. */
export const copy: SuitePlugin = {
  name: "copy",
  summary: "Repeat a list of letters; exact match",
  version: 2,
  measure: { kind: "generation", maxTokens: 16, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("copy", LEVELS, request),
};
