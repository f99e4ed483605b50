/**
 * Answers that mostly repeat the prompt: code edits and verbatim quotes, on which
 * drafts from the text can pay.
 *
 *     rename step to width: limit = step + count; return step; ->
 *     answer                limit = width + count; return width;
 *     quote kettle: The old kettle fell near the gate. The … ->
 *     answer        The old kettle fell near the gate.
 *
 * A rename replaces whole words only. A quote is the one sentence that holds the word.
 * The worked examples have words of their own, so they are never items. Levels are 2
 * and 4 statements, 2 and 4 sentences; nothing is for training. Scored exactly.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import type { Random } from "../harness/numerics/random.ts";
import { drawDistinct, drawItems, drawSymbols, exactMatch, type Level } from "./_generated.ts";

/** The worked examples that every prompt starts with. */
const EXAMPLES = "rename foo to bar: foo = qux; return foo; -> bar = qux; return bar;\n" +
  "quote comet: The pale comet burned. The shy otter swam. -> The pale comet burned.\n";

const NAMES: readonly string[] =
  ("step width limit count total offset margin index depth height rate score price weight speed " +
    "length volume angle radius target").split(" ");

const ADJECTIVES: readonly string[] = "old red tall quiet broken heavy small bright cold empty"
  .split(" ");
const NOUNS: readonly string[] =
  ("kettle lantern wagon bridge letter window garden hammer basket mirror ladder bottle candle " +
    "carpet needle barrel saddle compass anchor trumpet").split(" ");
const VERBS: readonly string[] = "fell stood lay waited turned rolled leaned slept".split(" ");
const PLACES: readonly string[] = "near by under behind beside above".split(" ");
const SITES: readonly string[] = "gate river wall tower market forest harbor station".split(" ");

/** One statement over some names. */
function drawStatement(random: Random, names: readonly string[]): string {
  const [a, b, c] = drawSymbols(random, names, 3) as [string, string, string];
  switch (random.int(4)) {
    case 0:
      return `${a} = ${b} + ${c};`;
    case 1:
      return `${a} = max(${b}, ${c});`;
    case 2:
      return `if ${a} > ${b}: ${a} = ${c};`;
    default:
      return `print(${a}, ${b} * ${1 + random.int(9)});`;
  }
}

function renameLevel(statements: number): Level {
  return {
    name: `rename-${statements}`,
    only: "evaluation",
    draw(random) {
      const [before, after, ...others] = drawDistinct(random, NAMES, 5) as [string, string];
      const names = [before, before, ...others];
      const code = Array.from({ length: statements }, () => drawStatement(random, names));
      const text = [...code, `return ${before};`].join(" ");
      const renamed = text.replace(new RegExp(`\\b${before}\\b`, "g"), after);
      return {
        prompt: `${EXAMPLES}rename ${before} to ${after}: ${text} ->`,
        target: ` ${renamed}`,
      };
    },
  };
}

function quoteLevel(sentences: number): Level {
  return {
    name: `quote-${sentences}`,
    only: "evaluation",
    draw(random) {
      const nouns = drawDistinct(random, NOUNS, sentences);
      const text = nouns.map((noun) => {
        const [adjective] = drawSymbols(random, ADJECTIVES, 1);
        const [verb] = drawSymbols(random, VERBS, 1);
        const [place] = drawSymbols(random, PLACES, 1);
        const [site] = drawSymbols(random, SITES, 1);
        return `The ${adjective} ${noun} ${verb} ${place} the ${site}.`;
      });
      const asked = random.int(sentences);
      return {
        prompt: `${EXAMPLES}quote ${nouns[asked]}: ${text.join(" ")} ->`,
        target: ` ${text[asked]}`,
      };
    },
  };
}

const LEVELS: readonly Level[] = [renameLevel(2), quoteLevel(2), renameLevel(4), quoteLevel(4)];

/** Renaming in up to 4 statements, quoting one of up to 4 sentences. */
export const quoting: SuitePlugin = {
  name: "quoting",
  summary: "Rename a variable, quote a sentence: answers that repeat the prompt; exact match",
  version: 1,
  measure: { kind: "generation", maxTokens: 160, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("quoting", LEVELS, request),
};
