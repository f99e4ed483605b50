import { assert, assertEquals, assertGreater, assertLess, assertStrictEquals } from "@std/assert";
import { sentencesOf, sentenceVote, VOTE_LABELS } from "./sentence_vote.ts";

const PRAISE = /\b(?:great|clean|friendly|lovely|perfect|nice|pleasant|splendid)\.$/;
const BLAME = /\b(?:awful|dirty|rude|ugly|broken|poor|horrid|dull)\.$/;

Deno.test("sentence_vote items() want the label of most sentences", async () => {
  let agreeing = 0;
  let all = 0;
  const labels = new Map<string, number>();
  const margins = new Set<number>();
  for (const item of await sentenceVote.items({ size: "full", seed: 3, split: "train" })) {
    const sentences = sentencesOf(item);
    const praise = sentences.filter((sentence) => PRAISE.test(sentence)).length;
    const blame = sentences.filter((sentence) => BLAME.test(sentence)).length;
    assertStrictEquals(praise + blame, sentences.length);
    assertStrictEquals(item.target, praise > blame ? " good" : " bad");
    assertStrictEquals(item.level, `sentences-${sentences.length}`);
    assertStrictEquals(sentences.length % 2, 1);
    labels.set(item.target, (labels.get(item.target) ?? 0) + 1);
    margins.add(Math.abs(praise - blame));
    agreeing += Math.max(praise, blame);
    all += sentences.length;
  }
  for (const label of VOTE_LABELS) assertGreater(labels.get(` ${label}`)!, 420); // of 1,000: 5 sd
  assertEquals([...margins].toSorted((a, b) => a - b), [1, 3, 5, 7, 9, 11]);
  const share = agreeing / all; // 0.8, more where minorities were drawn again
  assertGreater(share, 0.78);
  assertLess(share, 0.86);
});

Deno.test("sentencesOf() gives the sentences of the question alone, joined by spaces", async () => {
  const [item] = await sentenceVote.items({ size: "smoke", seed: 3, split: "test" });
  const sentences = sentencesOf(item!);
  assert(item!.prompt.endsWith(`\nvote: ${sentences.join(" ")} =`));
  const one = { id: "", prompt: "vote: A was b. = bad\nvote: The food was great. =", target: "" };
  assertEquals(sentencesOf(one), ["The food was great."]);
});
