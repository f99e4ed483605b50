import { assert, assertAlmostEquals, assertStrictEquals } from "@std/assert";
import { keywords, tokenF1 } from "./keywords.ts";

Deno.test("tokenF1() counts a multiset of words, whatever their order", () => {
  const cases: readonly (readonly [answer: string, target: string, f1: number])[] = [
    ["apple candle", " apple candle", 1],
    ["candle  apple\t", " apple candle", 1],
    ["apple", " apple candle", 2 / 3], // precision 1, recall 1/2
    ["apple candle lemon", " apple candle", 4 / 5], // precision 2/3, recall 1
    ["apple apple", " apple candle", 1 / 2], // the second one matches nothing
    ["apple apple", "apple apple", 1],
    ["apple apple apple apple", "apple apple", 2 / 3],
    ["Apple apple,", "apple candle", 0],
    ["", " apple candle", 0],
    [" ", " apple", 0],
    ["apple", "", 0],
    ["", "", 1],
  ];
  for (const [answer, target, f1] of cases) assertAlmostEquals(tokenF1(answer, target), f1, 1e-15);
});

Deno.test("keywords items() want the marked words in their order", async () => {
  for (const item of await keywords.items({ size: "standard", seed: 4, split: "test" })) {
    const question = item.prompt.slice(item.prompt.lastIndexOf("\n") + 1);
    const marked = [...question.matchAll(/\* (\w+) \*/g)].map((match) => match[1]!);
    assertStrictEquals(item.target, ` ${marked.join(" ")}`);
    assertStrictEquals(new Set(marked).size, marked.length);
    const words = question.split(" ").filter((word) => word !== "*").length - 2; // task and "="
    assertStrictEquals(item.level, `words-${words}-marked-${marked.length}`);
    assert(keywords.measure.kind === "generation");
    assertStrictEquals(keywords.measure.score(marked.toReversed().join(" "), item), 1);
  }
});
