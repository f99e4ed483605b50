import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { markov, MARKOV_CHAINS, markovEntropy, markovLaw } from "./markov.ts";

const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

Deno.test("markovEntropy() equals the bits that the table states", () => {
  assertEquals(MARKOV_CHAINS.map((chain) => markovEntropy(chain) / Math.LN2), [
    1,
    1.75,
    3,
    1,
    1.75,
  ]);
});

Deno.test("markovLaw() equals worked examples", () => {
  // chain 1 after b = 1: 5 + 3 = 8 = i, 5 + 7 + 3 = 15 = p
  assertEquals([...markovLaw("markov 1: k b")], [[" i", 0.5], [" p", 0.5]]);
  // chain 5 after c = 2, f = 5: 25 + 22 + 15 = 62 = 10 = k, then 17 = r, 24 = y, 31 = 5 = f
  assertEquals([...markovLaw("markov 5: c f")], [[" k", 0.5], [" r", 0.25], [" y", 0.125], [
    " f",
    0.125,
  ]]);
});

Deno.test("markovLaw() sums to 1 over different letters and has a uniform stationary law", () => {
  MARKOV_CHAINS.forEach(({ weights }, i) => {
    const reached = new Map<string, number>();
    for (const before of LETTERS) {
      for (const last of LETTERS) {
        const law = markovLaw(`markov ${i + 1}: ${before} ${last}`);
        assertStrictEquals(law.size, weights.length);
        assertStrictEquals([...law.values()].reduce((sum, p) => sum + p, 0), 1);
        for (const [next, p] of law) reached.set(next, (reached.get(next) ?? 0) + p);
      }
    }
    assertEquals([...reached.values()], LETTERS.map(() => 26));
  });
});

Deno.test("markovLaw() looks back two letters in second order and one in first", () => {
  const keys = (text: string) => [...markovLaw(text).keys()];
  assertEquals(keys("markov 2: a q k"), keys("markov 2: z k"));
  assert(keys("markov 4: a q").join() !== keys("markov 4: b q").join());
});

Deno.test("markovLaw() refuses texts of another form", () => {
  for (
    const text of [
      "",
      "markov 1: k",
      "markov 6: k b",
      "markov 0: k b",
      "markov 1: k b ",
      "markov 1: k B",
    ]
  ) {
    assertThrows(() => markovLaw(text), RangeError, "Cannot give the law");
  }
});

Deno.test("markov items() follow their law, at its entropy on average", async () => {
  const losses = new Map<string, number[]>();
  for (
    const { prompt, target, level } of await markov.items({ size: "full", seed: 1, split: "train" })
  ) {
    const letters = target.match(/ [a-z]/g)!;
    assertStrictEquals(letters.join(""), target);
    assertStrictEquals(letters.length, 24);
    letters.forEach((letter, i) => {
      const p = markovLaw(prompt + letters.slice(0, i).join("")).get(letter);
      assert(p !== undefined);
      losses.set(level!, [...losses.get(level!) ?? [], -Math.log(p)]);
    });
  }
  assertEquals(
    [...losses.keys()],
    MARKOV_CHAINS.map(({ order }, i) => `chain-${i + 1}-order-${order}`),
  );
  MARKOV_CHAINS.forEach((chain, i) => {
    const of = losses.get(`chain-${i + 1}-order-${chain.order}`)!;
    const mean = of.reduce((sum, loss) => sum + loss, 0) / of.length;
    assertAlmostEquals(mean, markovEntropy(chain), 0.05); // 6 sd of 4,800 letters of the skewed law
  });
});
