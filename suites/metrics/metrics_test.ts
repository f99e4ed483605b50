import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import { createRandom } from "../../harness/numerics/random.ts";
import { editSimilarity } from "./edit_similarity.ts";
import { exactMatch } from "./exact_match.ts";
import { lastNumber, sameNumber } from "./last_number.ts";
import { prefixAccuracy, prefixLength } from "./prefix_accuracy.ts";
import { rougeL } from "./rouge_l.ts";
import { rougeN } from "./rouge_n.ts";
import { squadWords } from "./squad_words.ts";
import { bagF1, squadF1 } from "./token_f1.ts";

// Figures of the reference scorer rouge-score 0.1.2: target, answer, F1 of R1, R2 and RL.
const ROUGE: readonly (readonly [string, string, number, number, number])[] = [
  ["the cat sat on the mat", "the cat lay on the mat", 0.833333, 0.6, 0.833333],
  [
    "The quick brown fox jumps over the lazy dog",
    "The quick brown dog jumps on the log.",
    0.705882,
    0.266667,
    0.588235,
  ],
  ["police killed the gunman", "the gunman killed police", 1, 0.333333, 0.5],
  ["Café isn't  42.5%", "cafe isn t 42 5", 0.8, 0.75, 0.8],
  ["", "abc", 0, 0, 0],
];

Deno.test("rougeL() and rougeN() equal the reference scorer", () => {
  for (const [target, answer, one, two, long] of ROUGE) {
    assertAlmostEquals(rougeN(answer, target, 1).f1, one, 5e-7);
    assertAlmostEquals(rougeN(answer, target, 2).f1, two, 5e-7);
    assertAlmostEquals(rougeL(answer, target).f1, long, 5e-7);
  }
  const { precision, recall } = rougeL(ROUGE[1]![1], ROUGE[1]![0]);
  assertAlmostEquals(precision, 0.625, 1e-12);
  assertAlmostEquals(recall, 0.555556, 5e-7);
  assertAlmostEquals(rougeL("c d\na b", "a b\nc d").f1, 0.5, 1e-12);
  assertAlmostEquals(rougeL("a runner ran; running", "the runners were running").f1, 0.25, 1e-12);
});

Deno.test("rougeL() f1 is at most that of rougeN() of single words", () => {
  const random = createRandom(3);
  const text = () => Array.from({ length: random.int(9) }, () => "abc"[random.int(3)]).join(" ");
  for (let i = 0; i < 200; i++) {
    const [a, b] = [text(), text()];
    assert(rougeL(a, b).f1 <= rougeN(a, b, 1).f1 + 1e-12);
    assertAlmostEquals(rougeL(a, b).f1, rougeL(b, a).f1, 1e-12);
  }
});

Deno.test("squadWords() drops case, punctuation and articles, in this order", () => {
  assertEquals(squadWords("The Eiffel-Tower, in Paris!"), ["eiffeltower", "in", "paris"]);
  assertEquals(squadWords("an a-n theory The"), ["theory"]);
});

Deno.test("squadF1() counts shared words; two empty texts score 1", () => {
  assertAlmostEquals(squadF1("the Eiffel Tower", "Eiffel Tower in Paris"), 0.666667, 5e-7);
  assertStrictEquals(squadF1("the", "a"), 1);
  assertStrictEquals(squadF1("the", "cat"), 0);
  assertStrictEquals(bagF1(["x", "x"], ["x"]), 2 / 3);
});

Deno.test("lastNumber() takes the last number without commas and a final point", () => {
  const cases = [
    ["so 3 + 4 = 7.", "7"],
    ["#### 1,234", "1234"],
    ["costs $12.50 total", "12.50"],
    ["-5 degrees", "-5"],
    ["no", undefined],
  ] as const;
  for (const [text, number] of cases) assertStrictEquals(lastNumber(text), number);
});

Deno.test("sameNumber() compares decimal numbers of any length", () => {
  const equal = [["12.50", "12.5"], ["007", "7"], ["-0.0", "0"], ["5.", "5"], [".5", "0.50"]];
  for (const [a, b] of equal) assert(sameNumber(a!, b!), `${a} ${b}`);
  assert(!sameNumber("-5", "5"));
  assert(!sameNumber("100", "1"));
  assert(!sameNumber("9007199254740993", "9007199254740992"));
});

Deno.test("exactMatch() overlooks what its normalisation says", () => {
  assertStrictEquals(exactMatch(" x\n", "x", "raw"), 1);
  assertStrictEquals(exactMatch("X", "x", "raw"), 0);
  assertStrictEquals(exactMatch("The X!", "x", "squad"), 1);
  assertStrictEquals(exactMatch("x y", "x", "squad"), 0);
  assertStrictEquals(exactMatch("that makes $12.50.", "#### 12.5", "number"), 1);
  assertStrictEquals(exactMatch("no", "no", "number"), 0);
});

Deno.test("prefixAccuracy() is the share before the first difference", () => {
  assertStrictEquals(prefixLength([5, 9, 2, 7, 1], [5, 9, 3, 7, 1]), 2);
  assertStrictEquals(prefixAccuracy("abXd", "abcd"), 0.5);
  assertStrictEquals(prefixAccuracy("ab", "abcd"), 0.5);
  assertStrictEquals(prefixAccuracy("abcd and more", "abcd"), 1);
  assertStrictEquals(prefixAccuracy("😀b", "😀c"), 0.5);
  assertStrictEquals(prefixAccuracy("", ""), 1);
  assertStrictEquals(prefixAccuracy("x", ""), 0);
});

Deno.test("editSimilarity() is 1 minus the distance by the longer length", () => {
  assertAlmostEquals(editSimilarity("kitten", "sitting"), 1 - 3 / 7, 1e-12);
  assertStrictEquals(editSimilarity(" ", ""), 1);
});
