import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertStrictEquals,
} from "@std/assert";
import { code } from "./code.ts";
import { codeLine } from "./code_line.ts";
import { editSimilarity } from "./metrics/edit_similarity.ts";
import { CODE } from "./_code_text.ts";

/** The text of a document. */
function textOf(document: string | undefined): string {
  return CODE.find((excerpt) => excerpt.document === document)!.text;
}

Deno.test("editSimilarity() equals 1 - distance / longer length", () => {
  const cases: readonly (readonly [a: string, b: string, similarity: number])[] = [
    ["kitten", "sitting", 1 - 3 / 7],
    ["flaw", "lawn", 1 - 2 / 4],
    ["abc", "abc", 1],
    ["  abc\t", "abc", 1],
    ["", "", 1],
    [" ", "", 1],
    ["", "abc", 0],
    ["abc", "", 0],
    ["abc", "xyz", 0],
    ["a", "ab", 1 / 2],
    ["😀b", "😁b", 1 / 2], // code points, not UTF-16 units
    ["a b", "ab", 2 / 3], // white space inside counts
  ];
  for (const [a, b, similarity] of cases) {
    assertAlmostEquals(editSimilarity(a, b), similarity, 1e-15);
    assertAlmostEquals(editSimilarity(b, a), similarity, 1e-15);
  }
});

Deno.test("code items() are both halves of an excerpt, cut at line ends", async () => {
  const items = await code.items({ size: "full", seed: 1, split: "test" });
  assertGreater(items.length, 12);
  const halves = new Map<string, string[]>();
  for (const { prompt, target, group } of items) {
    assert(prompt.endsWith("\n") && target.trim().length > 0);
    halves.set(group!, [...halves.get(group!) ?? [], prompt + target]);
  }
  for (const [document, [a, b]] of halves) {
    const text = textOf(document);
    assert(a! + b! === text || b! + a! === text);
  }
});

Deno.test("code_line items() ask for a line as it stands after the prompt", async () => {
  const items = await codeLine.items({ size: "full", seed: 1, split: "train" });
  for (const { prompt, target, group } of items) {
    const text = textOf(group);
    assert(text.startsWith(`${prompt}${target}`));
    assert(["\n", undefined].includes(text[prompt.length + target.length]));
    assert(!target.includes("\n") && target.trim().length >= 8);
    assertGreater(prompt.split("\n").length, 3);
  }
});

Deno.test("excerpts are long enough for both suites and different", () => {
  assertStrictEquals(new Set(CODE.map(({ text }) => text)).size, CODE.length);
  assertEquals(CODE.filter(({ text }) => text.length < 300 || text.length > 900), []);
  assertEquals(
    CODE.filter(({ text }) => text.split("\n").length < 6).map(({ document }) => document),
    [],
  );
});

Deno.test("excerptItems() keeps both suites of a document on one side", async () => {
  const of = async (split: "train" | "calibration" | "test") =>
    new Set([
      ...await code.items({ size: "full", seed: 1, split }),
      ...await codeLine.items({ size: "full", seed: 2, split }),
    ].map((item) => item.group));
  const [train, calibration, test] = [await of("train"), await of("calibration"), await of("test")];
  assertStrictEquals(train.size + calibration.size + test.size, CODE.length);
  assertStrictEquals(new Set([...train, ...calibration, ...test]).size, CODE.length);
});
