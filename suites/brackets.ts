/**
 * Closing what is open: Dyck words of four kinds of brackets.
 *
 *     prompt  brackets: ( [ { = } ] )
 *             brackets: { ( ) [ < > =
 *     answer   ] }
 *
 * Scoring is set-valued: after any prefix of a balanced word the next symbol
 * may be any opening bracket or the one that closes the last open one, and the
 * end is valid when nothing is open. An answer scores 1 if every symbol of it
 * is valid where it stands and its end is; the target is the shortest one.
 * White space is not read.
 *
 * Levels are 1, 2, 3, 4, 6 and, outside training, 7 brackets left open, among 1 to 4 closed pairs; the
 * word may be deeper before. The worked example has no closed pair, so it is
 * never an item.
 *
 * @module
 */
import type { SuiteItem, SuitePlugin } from "../harness/contract/suite.ts";
import type { Random } from "../harness/numerics/random.ts";
import { drawItems, type Level } from "./_generated.ts";

/** The worked example that every prompt starts with. */
const EXAMPLE = "brackets: ( [ { = } ] )\n";

/** Opening bracket → what closes it. */
const CLOSING: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
  ["<", ">"],
]);

const OPENING: readonly string[] = [...CLOSING.keys()];

/** Most closed pairs of an item. */
const MAX_PAIRS = 4;

/** What must still be closed after `symbols`, last first; `undefined` when they start no balanced word. */
function openAfter(symbols: Iterable<string>): readonly string[] | undefined {
  const open: string[] = [];
  for (const symbol of symbols) {
    const closing = CLOSING.get(symbol);
    if (closing !== undefined) open.unshift(closing);
    else if (open.shift() !== symbol) return undefined;
  }
  return open;
}

/**
 * The symbols that may follow `text`, with `""` for the end; empty when `text`
 * starts no balanced word. White space is not read.
 */
export function validNext(text: string): ReadonlySet<string> {
  const open = openAfter(text.replaceAll(/\s/g, ""));
  return new Set(open === undefined ? [] : [...OPENING, open[0] ?? ""]);
}

/** The symbols of an item's question. */
function questionOf(prompt: string): string {
  return prompt.slice(prompt.lastIndexOf("\n") + 1 + "brackets:".length, -" =".length);
}

/** 1 if question and answer together are a balanced word, else 0. */
function scoreClosing(answer: string, item: SuiteItem): number {
  return validNext(questionOf(item.prompt) + answer).has("") ? 1 : 0;
}

/**
 * The start of a balanced word that leaves `depth` brackets open. Where nothing
 * is open it opens: openings left are then `depth` more than closings left.
 */
function drawPrefix(random: Random, depth: number): string[] {
  const pairs = 1 + random.int(MAX_PAIRS);
  const open: string[] = [];
  const word: string[] = [];
  let openings = depth + pairs;
  let closings = pairs;
  while (openings + closings > 0) {
    if (open.length === 0 || random.int(openings + closings) < openings) {
      const symbol = OPENING[random.int(OPENING.length)]!;
      word.push(symbol);
      open.push(CLOSING.get(symbol)!);
      openings--;
    } else {
      word.push(open.pop()!);
      closings--;
    }
  }
  return word;
}

/** Words with `depth` brackets left open. */
function bracketsLevel(depth: number): Level {
  return {
    name: `depth-${depth}`,
    draw(random) {
      const word = drawPrefix(random, depth);
      const spaced = (symbols: readonly string[]) => symbols.map((one) => ` ${one}`).join("");
      return {
        prompt: `${EXAMPLE}brackets:${spaced(word)} =`,
        target: spaced(openAfter(word)!),
      };
    },
  };
}

const LEVELS: readonly Level[] = [
  ...[1, 2, 3, 4, 6].map(bracketsLevel),
  { ...bracketsLevel(7), only: "evaluation" },
];

/** Closing 1 to 7 open brackets. */
export const brackets: SuitePlugin = {
  name: "brackets",
  summary: "Close all open brackets; any balanced completion is right",
  version: 2,
  measure: { kind: "generation", maxTokens: 24, stop: "\n", score: scoreClosing },
  framing: "plain",
  items: (request) => drawItems("brackets", LEVELS, request),
};
