/**
 * Classification by sentence: what do most of the sentences say?
 *
 *     prompt  vote: The tea was fine. The lamp was torn. The rug was neat. = good
 *             vote: The lamp was torn. = bad
 *             vote: I found the staff rude. The room was clean. The view seemed ugly. =
 *     answer   bad
 *
 * Each sentence is a template with a thing and a word of praise or blame. It
 * votes for the label with probability 0.8, all drawn again until the label has
 * the majority; counts are odd, so there is no tie. Labels are equally likely.
 * {@linkcode sentencesOf} gives the sentences, for exits that read a text
 * sentence by sentence; a stop followed by a space ends each but the last.
 * The worked examples have words of their own, so they are never items.
 * Levels are 5, 7 and 11 sentences, in training 3 and 9 as well: the embedded
 * models make no mistakes in those. Scored by exact match.
 *
 * Source: the setting of Hůla et al. 2026, arXiv:2604.18592.
 *
 * @module
 */
import type { SuiteItem, SuitePlugin } from "../harness/contract/suite.ts";
import type { Random } from "../harness/numerics/random.ts";
import { drawItems, exactMatch, type Level, trainOnly } from "./_generated.ts";

/** The worked examples that every prompt starts with. */
const EXAMPLES = "vote: The tea was fine. The lamp was torn. The rug was neat. = good\n" +
  "vote: The lamp was torn. = bad\n";

/** Between the worked examples and the first sentence. */
const OPENING = "vote: ";

/** After the last sentence. */
const CLOSING = " =";

/** The answers, most positive first. */
export const VOTE_LABELS: readonly ["good", "bad"] = ["good", "bad"];

/** Chance that a sentence votes for the label. */
const FAITH = 0.8;

/** Sentences from a thing and a word. */
const TEMPLATES: readonly ((thing: string, word: string) => string)[] = [
  (thing, word) => `The ${thing} was ${word}.`,
  (thing, word) => `The ${thing} seemed ${word}.`,
  (thing, word) => `I found the ${thing} ${word}.`,
  (thing, word) => `We thought the ${thing} ${word}.`,
];

const THINGS: readonly string[] =
  "food room staff view music price bed coffee garden service breakfast lobby pool window chair street"
    .split(" ");

/** Words of praise and of blame, in the order of the labels. */
const WORDS: readonly (readonly string[])[] = [
  "great clean friendly lovely perfect nice pleasant splendid".split(" "),
  "awful dirty rude ugly broken poor horrid dull".split(" "),
];

/** A sentence that votes for a label, by its index. */
function drawSentence(random: Random, label: number): string {
  const pick = <T>(from: readonly T[]): T => from[random.int(from.length)]!;
  return pick(TEMPLATES)(pick(THINGS), pick(WORDS[label]!));
}

/** `count` votes, most of them for `label`. */
function drawVotes(random: Random, count: number, label: number): number[] {
  for (;;) {
    const votes = Array.from(
      { length: count },
      () => random.uniform() < FAITH ? label : 1 - label,
    );
    if (2 * votes.filter((vote) => vote === label).length > count) return votes;
  }
}

/** Texts of `count` sentences. */
function voteLevel(count: number): Level {
  return {
    name: `sentences-${count}`,
    draw(random) {
      const label = random.int(VOTE_LABELS.length);
      const sentences = drawVotes(random, count, label).map((vote) => drawSentence(random, vote));
      return {
        prompt: EXAMPLES + OPENING + sentences.join(" ") + CLOSING,
        target: ` ${VOTE_LABELS[label]!}`,
      };
    },
  };
}

/** The sentences of an item's text, in order, without the white space between them. */
export function sentencesOf(item: SuiteItem): readonly string[] {
  const start = item.prompt.lastIndexOf("\n") + 1 + OPENING.length;
  return item.prompt.slice(start, -CLOSING.length).split(/(?<=\.) /);
}

const LEVELS: readonly Level[] = [
  trainOnly(voteLevel(3)),
  voteLevel(5),
  voteLevel(7),
  trainOnly(voteLevel(9)),
  voteLevel(11),
];

/** Majority label of 5 to 11 sentences. */
export const sentenceVote: SuitePlugin = {
  name: "sentence_vote",
  summary: "Say whether most sentences praise or blame; exact match",
  version: 2,
  measure: { kind: "generation", maxTokens: 4, stop: "\n", score: exactMatch },
  framing: "plain",
  items: (request) => drawItems("sentence_vote", LEVELS, request),
};
