/**
 * Completing a line of TypeScript: the next line of this repository's own source.
 *
 *     prompt  an excerpt up to a line break
 *     answer  the next line
 *
 * Lines asked for stand after at least three others, have at least eight
 * characters without their indentation and are no comment; an excerpt gives the
 * middle one of them and the last. Nothing is executed. Scored by
 * {@linkcode editSimilarity}, so 1 is an exact match. Splits, groups and order
 * are those of `_excerpts.ts`.
 *
 * @module
 */
import type { SuiteItem, SuitePlugin } from "../harness/contract/suite.ts";
import { CODE } from "./_code_text.ts";
import { excerptItems } from "./_excerpts.ts";
import type { DraftItem } from "./_generated.ts";
import { editSimilarity } from "./metrics/edit_similarity.ts";

/** Lines that stand before the first one asked for. */
const LEAST_LINES = 3;

/** Shortest line asked for, in characters. */
const LEAST_CHARACTERS = 8;

/** Whether a line is worth asking for. */
function isAskable(line: string): boolean {
  const text = line.trim();
  return text.length >= LEAST_CHARACTERS && !/^(?:\/\/|\/\*|\*)/.test(text);
}

/** The middle and the last line worth asking for. */
function lineDrafts(text: string): readonly DraftItem[] {
  const lines = text.split("\n");
  const askable = [...lines.keys()].filter((at) => at >= LEAST_LINES && isAskable(lines[at]!));
  const asked = new Set([askable[Math.floor(askable.length / 2)]!, askable.at(-1)!]);
  return [...asked].map((at) => ({
    prompt: lines.slice(0, at).map((line) => `${line}\n`).join(""),
    target: lines[at]!,
  }));
}

/** Completing the next line of this repository's TypeScript. */
export const codeLine: SuitePlugin = {
  name: "code_line",
  summary: "Write the next line of TypeScript; edit similarity",
  version: 1,
  measure: {
    kind: "generation",
    maxTokens: 64,
    stop: "\n",
    score: (answer: string, item: SuiteItem): number => editSimilarity(answer, item.target),
  },
  framing: "plain",
  items: (request) =>
    excerptItems({ suite: "code_line", excerpts: CODE, draftsOf: lineDrafts }, request),
};
