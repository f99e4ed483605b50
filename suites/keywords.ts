/**
 * Picking out the marked words of a text: a long prompt, a short output.
 *
 *     prompt  keywords: soon a * spoon * lay near my * kettle * = spoon kettle
 *             keywords: the river under * apple * by mountain … * candle * =
 *     answer   apple candle
 *
 * Words are drawn independently from plain words and from nouns; a few places
 * hold marked nouns, different from each other. The marks are words of their
 * own, so a noun is the same tokens in the text and in the answer. The worked
 * example has words of its own, so it is never an item.
 * Levels are 12, 24, 48 and 96 words with 2, 3, 4 and 4 marked among them.
 * Scored by token F1 ({@linkcode tokenF1}), in which the order does not count.
 *
 * @module
 */
import type { SuiteItem, SuitePlugin } from "../harness/contract/suite.ts";
import { drawDistinct, drawItems, drawSymbols, type Level } from "./_generated.ts";
import { bagF1 } from "./metrics/token_f1.ts";

/** The worked example that every prompt starts with. */
const EXAMPLE = "keywords: soon a * spoon * lay near my * kettle * = spoon kettle\n";

const PLAIN: readonly string[] = "the and under over by with from into this that then some".split(
  " ",
);

const NOUNS: readonly string[] =
  ("apple river mountain candle garden letter winter forest engine bottle window market silver " +
    "doctor island button ladder planet basket carpet dragon feather guitar hammer jacket lemon " +
    "mirror needle orange pepper rabbit saddle tunnel violin walnut anchor").split(" ");

/**
 * Token F1 of an answer: words are cut at white space and matched as a
 * multiset.
 *
 *     precision = matched / words of the answer      recall = matched / words of the target
 *     F1 = 2 · precision · recall / (precision + recall) = 2 · matched / (both counts)
 *
 * Two empty texts score 1, one empty text 0.
 */
export function tokenF1(answer: string, target: string): number {
  const given = answer.split(/\s+/).filter((word) => word !== "");
  const wanted = target.split(/\s+/).filter((word) => word !== "");
  return bagF1(given, wanted);
}

/** Texts of `words` words, `marked` of them marked. */
function keywordsLevel(
  { words, marked }: { readonly words: number; readonly marked: number },
): Level {
  const places = Array.from({ length: words }, (_, place) => place);
  return {
    name: `words-${words}-marked-${marked}`,
    draw(random) {
      const nouns = drawSymbols(random, NOUNS, words);
      const text = drawSymbols(random, PLAIN, words).map((plain, place) =>
        random.int(2) === 0 ? plain : nouns[place]!
      );
      const keys = drawDistinct(random, NOUNS, marked);
      const at = drawDistinct(random, places, marked).toSorted((a, b) => a - b);
      at.forEach((place, i) => text[place] = `* ${keys[i]!} *`);
      return { prompt: `${EXAMPLE}keywords: ${text.join(" ")} =`, target: ` ${keys.join(" ")}` };
    },
  };
}

const LEVELS: readonly Level[] = [
  { words: 12, marked: 2 },
  { words: 24, marked: 3 },
  { words: 48, marked: 4 },
  { words: 96, marked: 4 },
].map(keywordsLevel);

/** Extracting 2 to 4 marked words from up to 96. */
export const keywords: SuitePlugin = {
  name: "keywords",
  summary: "List the marked words of a text; token F1",
  version: 1,
  measure: {
    kind: "generation",
    maxTokens: 32,
    stop: "\n",
    score: (answer: string, item: SuiteItem): number => tokenF1(answer, item.target),
  },
  framing: "plain",
  items: (request) => drawItems("keywords", LEVELS, request),
};
