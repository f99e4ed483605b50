import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import { markovLaw } from "./markov.ts";
import { suites } from "./mod.ts";

/** An item as tools/golden/suite_items.py wrote it: answer and id are Python's. */
interface GoldenItem {
  readonly suite: string;
  readonly prompt: string;
  readonly target: string;
  readonly id: string;
  /** −ln p of the target under the true law, nats. */
  readonly lawNll?: number;
}

const GOLDEN: { readonly seed: number; readonly split: "test"; readonly items: GoldenItem[] } = JSON
  .parse(Deno.readTextFileSync(new URL("../tests/golden/suites/items.json", import.meta.url)));

for (const suite of suites) {
  if (suite.measure.kind === "speed") continue; // nothing to solve
  Deno.test(`${suite.name} items() start with the items that Python solved and hashed`, async () => {
    const wanted = GOLDEN.items.filter((item) => item.suite === suite.name);
    assertStrictEquals(wanted.length, 2);
    const { seed, split } = GOLDEN;
    const items = await suite.items({ size: "full", seed, split, limit: 2 });
    assertEquals(
      items.map(({ id, prompt, target }) => ({ id, prompt, target })),
      wanted.map(({ id, prompt, target }) => ({ id, prompt, target })),
    );
  });
}

Deno.test("markovLaw() gives targets the likelihood that Python gives them", () => {
  const items = GOLDEN.items.filter((item) => item.lawNll !== undefined);
  assertStrictEquals(items.length, 2);
  for (const { prompt, target, lawNll } of items) {
    let text = prompt;
    let nll = 0;
    for (const letter of target.match(/ ./g)!) {
      const p = markovLaw(text).get(letter);
      assert(p !== undefined);
      nll -= Math.log(p);
      text += letter;
    }
    assertAlmostEquals(nll, lawNll!, 1e-12);
  }
});
