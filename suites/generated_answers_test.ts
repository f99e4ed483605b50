import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { Split, SuiteItem, SuitePlugin } from "../harness/contract/suite.ts";
import { arithmeticHard } from "./arithmetic_hard.ts";
import { counting } from "./counting.ts";
import { induction } from "./induction.ts";
import { mixed, spansOf } from "./mixed.ts";
import { parity } from "./parity.ts";
import { recallMany } from "./recall_many.ts";
import { reverse } from "./reverse.ts";
import { sorting } from "./sorting.ts";

/** 100 items of a suite. */
async function itemsOf(
  suite: SuitePlugin,
  split: Split = "test",
): Promise<readonly SuiteItem[]> {
  return await suite.items({ size: "standard", seed: 5, split });
}

/** What is asked, without the worked examples, as words. */
function wordsOf(item: SuiteItem): string[] {
  return item.prompt.slice(item.prompt.lastIndexOf("\n") + 1).split(" ");
}

Deno.test("reverse items() want the letters from last to first", async () => {
  for (const item of await itemsOf(reverse)) {
    const letters = wordsOf(item).slice(1, -1);
    assertStrictEquals(item.target.trim(), letters.join(" ").split("").reverse().join(""));
    assertStrictEquals(item.level, `length-${letters.length}`);
  }
});

Deno.test("induction items() repeat one letter that is not the list's last", async () => {
  for (const item of await itemsOf(induction)) {
    const letters = wordsOf(item).slice(1);
    const again = letters.pop()!;
    assertStrictEquals(letters.filter((letter) => letter === again).length, 1);
    assertStrictEquals(item.target, ` ${letters[letters.indexOf(again) + 1]!}`);
    assertStrictEquals(new Set(letters).size, letters.length);
    assertStrictEquals(item.level, `length-${letters.length}`);
  }
});

Deno.test("sorting items() want the same letters in ascending order", async () => {
  for (const item of await itemsOf(sorting)) {
    const asked = wordsOf(item).slice(1, -1);
    const answer = item.target.slice(1).split(" ");
    assertEquals(answer.slice(1).filter((letter, i) => letter < answer[i]!), []);
    const count = (list: string[], letter: string) => list.filter((one) => one === letter).length;
    for (const letter of asked) assertStrictEquals(count(answer, letter), count(asked, letter));
    assertStrictEquals(answer.length, asked.length);
  }
});

Deno.test("parity items() turn with every mark and have both answers", async () => {
  const answers = new Set<string>();
  for (const item of await itemsOf(parity)) {
    const marks = wordsOf(item).slice(1, -1);
    let odd = false;
    for (const mark of marks) odd = mark === "x" ? !odd : odd;
    assertStrictEquals(item.target, odd ? " odd" : " even");
    answers.add(item.target);
  }
  assertStrictEquals(answers.size, 2);
});

Deno.test("counting items() want the count of the asked letter, none and all included", async () => {
  const counts = new Set<string>();
  for (const item of await itemsOf(counting)) {
    const [list, asked] = wordsOf(item).slice(1).join("").split(";") as [string, string];
    assertStrictEquals(item.target, String(list.split(asked.replace("=", "")).length - 1));
    counts.add(item.target);
  }
  assertEquals([...counts].toSorted(), [..."0123456789"]);
});

Deno.test("recall_many items() want the value of the asked key among different keys", async () => {
  for (const item of await itemsOf(recallMany)) {
    const pairs = wordsOf(item).slice(1, -1).map((pair) => [...pair.replace(";", "")]);
    const asked = wordsOf(item).at(-1)!;
    assertEquals(pairs.filter(([key]) => key === asked), [[asked, item.target]]);
    assertStrictEquals(new Set(pairs.map(([key]) => key)).size, pairs.length);
    assertStrictEquals(item.level, `pairs-${pairs.length}`);
  }
});

Deno.test("arithmetic_hard items() are right, in BigInt, and of their level's size", async () => {
  const kinds = new Set<string>();
  for (const item of await itemsOf(arithmeticHard, "train")) {
    const asked = wordsOf(item).join(" ");
    const match = /^(\d+)([-+*])(\d+)(?: mod (\d))?=$/.exec(asked)!;
    const [a, b] = [BigInt(match[1]!), BigInt(match[3]!)];
    const value = match[2] === "+" ? a + b : match[2] === "-" ? a - b : (a * b) % BigInt(match[4]!);
    assertStrictEquals(item.target, value.toString());
    assert(value >= 0n);
    const [kind, , digits] = item.level!.split("-");
    assertStrictEquals({ sum: "+", difference: "-", product: "*" }[kind!], match[2]);
    const longest = match[2] === "-" ? match[1]! : String(a > b ? a : b);
    assertStrictEquals(longest.length, Number(digits));
    kinds.add(item.level!);
  }
  assertStrictEquals(kinds.size, 7);
  const asked = new Set((await itemsOf(arithmeticHard)).map(({ level }) => level));
  assertEquals(asked, new Set(["sum-digits-4", "sum-digits-5", "difference-digits-2"]));
});

Deno.test("mixed items() alternate copied and added spans", async () => {
  for (const item of await itemsOf(mixed)) {
    const asked = wordsOf(item).slice(1, -1).join(" ").split("; ");
    const spans = spansOf(item.target);
    assertStrictEquals(item.level, `spans-${spans.length}`);
    assertStrictEquals(spans.map(({ text }) => text).join(""), item.target);
    spans.forEach(({ kind, text, start }, i) => {
      assertStrictEquals(item.target.slice(start, start + text.length), text);
      if (i > 0) assert(kind !== spans[i - 1]!.kind);
      const [a, b] = asked[i]!.split("+");
      assertStrictEquals(kind, b === undefined ? "easy" : "hard");
      const wanted = b === undefined ? a! : String(Number(a) + Number(b));
      assertStrictEquals(text, ` ${wanted}${i < spans.length - 1 ? ";" : ""}`);
    });
  }
});

Deno.test("spansOf() takes answers of any form", () => {
  assertEquals(spansOf(""), []);
  assertEquals(spansOf(" 9"), [{ kind: "hard", start: 0, text: " 9" }]);
  assertEquals(spansOf(" a;; 7;").map(({ kind, text }) => [kind, text]), [
    ["easy", " a;"],
    ["hard", " 7;"],
  ]);
});
