/**
 * Easy and hard spans in one answer: letters to copy and sums to add, in turn.
 *
 *     prompt  mixed: X Q M; 8+5; T X Q = X Q M; 13; T X Q
 *             mixed: k v a; 36+57; d r k =
 *     answer   k v a; 93; d r k
 *
 * Tokens of one sequence need different depths, and where the hard ones are is
 * known: {@linkcode spansOf} tells the kind of each span of an answer, for
 * plots of the oracle height and for policies that adapt token by token.
 * Copied spans have three letters, sums two numbers of exactly two digits; the
 * first span is of either kind. The worked example's letters are capitals and
 * its sum has one-digit numbers, so it is never an item.
 * Levels are 2, 3, 4 and 6 spans. Scored by exact match.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import type { Random } from "../harness/numerics/random.ts";
import { drawItems, drawSymbols, exactMatch, LETTERS, type Level } from "./_generated.ts";

/** The worked example that every prompt starts with. */
const EXAMPLE = "mixed: X Q M; 8+5; T X Q = X Q M; 13; T X Q\n";

/** Letters of a copied span. */
const SPAN_LETTERS = 3;

/** One span of an answer. */
export interface MixedSpan {
  /** `easy` is copied, `hard` is the sum of two numbers. */
  readonly kind: "easy" | "hard";
  /** Where it starts in the answer, in UTF-16 units; its separator belongs to it. */
  readonly start: number;
  /** Its text, with the space before it and the separator after it. */
  readonly text: string;
}

/** The spans of an answer in order; joined they are the answer. */
export function spansOf(answer: string): readonly MixedSpan[] {
  return [...answer.matchAll(/[^;]+;?/g)].map(({ 0: text, index: start }) => ({
    kind: /\d/.test(text) ? "hard" : "easy",
    start,
    text,
  }));
}

/** What is asked in a span and what is wanted. */
function drawSpan(random: Random, hard: boolean): readonly [asked: string, wanted: string] {
  if (hard) {
    const a = 10 + random.int(90);
    const b = 10 + random.int(90);
    return [` ${a}+${b}`, ` ${a + b}`];
  }
  const letters = ` ${drawSymbols(random, LETTERS, SPAN_LETTERS).join(" ")}`;
  return [letters, letters];
}

/** Rows of `count` spans. */
function mixedLevel(count: number): Level {
  return {
    name: `spans-${count}`,
    draw(random) {
      const first = random.int(2);
      const spans = Array.from(
        { length: count },
        (_, i) => drawSpan(random, (first + i) % 2 === 1),
      );
      return {
        prompt: `${EXAMPLE}mixed:${spans.map(([asked]) => asked).join(";")} =`,
        target: spans.map(([, wanted]) => wanted).join(";"),
      };
    },
  };
}

const LEVELS: readonly Level[] = [2, 3, 4, 6].map(mixedLevel);

/** Copying letters and adding numbers in turn. */
export const mixed: SuitePlugin = {
  name: "mixed",
  summary: "Copy letters and add numbers in turn; exact match",
  version: 1,
  measure: { kind: "generation", maxTokens: 40, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("mixed", LEVELS, request),
};
