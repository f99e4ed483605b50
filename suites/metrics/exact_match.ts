/**
 * Exact match: 1 if an answer equals the wanted one after both are normalised.
 *
 *     raw      white space cut at the ends
 *     squad    lower case, no punctuation, no articles, single spaces
 *     number   the last number of each, as decimal numbers: 12.50 = 12.5; none is wrong
 *
 * @module
 */
import { lastNumber, sameNumber } from "./last_number.ts";
import { squadWords } from "./squad_words.ts";

/** What is overlooked when two answers are compared. */
export type Normalisation = "raw" | "squad" | "number";

/** Whether `answer` is `target`: 1 or 0. */
export function exactMatch(answer: string, target: string, norm: Normalisation): number {
  return isMatch(answer, target, norm) ? 1 : 0;
}

function isMatch(answer: string, target: string, norm: Normalisation): boolean {
  switch (norm) {
    case "raw":
      return answer.trim() === target.trim();
    case "squad":
      return squadWords(answer).join(" ") === squadWords(target).join(" ");
    case "number": {
      const given = lastNumber(answer);
      const wanted = lastNumber(target);
      return given !== undefined && wanted !== undefined && sameNumber(given, wanted);
    }
  }
}
