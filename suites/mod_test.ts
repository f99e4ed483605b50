import { assert, assertEquals, assertGreater, assertLess, assertStrictEquals } from "@std/assert";
import type { Split, SuitePlugin, SuiteSize } from "../harness/contract/suite.ts";
import { carriesOf } from "./arithmetic.ts";
import { exactMatch, itemId, splitOf } from "./_generated.ts";
import { arithmetic, code, codeLine, copy, prose, recall, speed, suites } from "./mod.ts";
import { PROSE } from "./_prose_text.ts";

const SPLITS: readonly Split[] = ["train", "calibration", "test"];

/** Suites over documents; they have fewer items. */
const DOCUMENTS: readonly SuitePlugin[] = [prose, code, codeLine];

/** The last line of a prompt: what is asked, after the worked examples. */
function question(prompt: string): string {
  return prompt.slice(prompt.lastIndexOf("\n") + 1);
}

/** The smoke items of a split. */
async function smoke(suite: SuitePlugin, seed = 1, split: Split = "test") {
  return await suite.items({ size: "smoke", seed, split });
}

for (const suite of suites) {
  Deno.test(`${suite.name} items() gives the same items for the same request`, async () => {
    assertEquals(await smoke(suite), await smoke(suite));
  });

  Deno.test(`${suite.name} items() of two seeds differ`, async () => {
    const ids = async (seed: number) => (await smoke(suite, seed)).map((item) => item.id).join();
    assert(await ids(1) !== await ids(2));
  });

  Deno.test(`${suite.name} items() of different splits never meet, whatever the seed`, async () => {
    const home = new Map<string, Split>();
    const groups = new Map<string, Split>();
    for (const split of SPLITS) {
      for (const seed of [1, 2, 3]) {
        for (const item of await suite.items({ size: "full", seed, split, limit: 300 })) {
          assertStrictEquals(home.get(item.id) ?? split, split);
          home.set(item.id, split);
          if (item.group === undefined) assertStrictEquals(splitOf(item.id), split);
          else {
            assertStrictEquals(groups.get(item.group) ?? split, split);
            groups.set(item.group, split);
          }
        }
      }
    }
  });

  Deno.test(`${suite.name} items() has no duplicates and a smaller size is a prefix`, async () => {
    const of = (size: SuiteSize) => suite.items({ size, seed: 9, split: "test" });
    const standard = await of("standard");
    const small = await of("smoke");
    assertStrictEquals(new Set(standard.map((item) => item.id)).size, standard.length);
    assertEquals(standard.slice(0, small.length), [...small]);
    const [few, more] = suite === speed ? [9, 72] : DOCUMENTS.includes(suite) ? [4, 24] : [16, 100];
    assertEquals([small.length, standard.length], [few, more]);
  });

  Deno.test(`${suite.name} items() takes at most the limit`, async () => {
    const items = await suite.items({ size: "standard", seed: 1, split: "test", limit: 3 });
    assertStrictEquals(items.length, 3);
  });

  Deno.test(`${suite.name} items() scores its own targets 1 and other answers 0`, async () => {
    if (suite.measure.kind !== "generation") return;
    for (const item of await smoke(suite)) {
      assertStrictEquals(suite.measure.score(item.target, item), 1);
      assertStrictEquals(suite.measure.score("", item), 0);
      const near = suite.measure.score(item.target + "0", item);
      if (suite.measure.score === exactMatch) assertStrictEquals(near, 0);
      else assertLess(near, 1);
      assert(!item.target.includes(suite.measure.stop));
    }
  });
}

Deno.test("copy items() repeat the letters of their prompt", async () => {
  for (const { prompt, target, level } of await smoke(copy)) {
    assertStrictEquals(question(prompt), `copy:${target} =`);
    assertStrictEquals(level, `length-${target.length / 2}`);
  }
});

Deno.test("recall items() ask for a shown key and want its value", async () => {
  for (const { prompt, target, level } of await smoke(recall)) {
    const [shown, asked] = question(prompt).slice("recall:".length).split("; ");
    const pairs = shown!.trim().split(" ").map((pair) => [...pair]);
    assertStrictEquals(new Map(pairs as [string, string][]).get(asked!), target);
    assertStrictEquals(new Set(pairs.map((pair) => pair[1])).size, pairs.length);
    assertStrictEquals(level, `pairs-${pairs.length}`);
  }
});

Deno.test("arithmetic items() are sums of the level's digits", async () => {
  for (const { prompt, target, level } of await smoke(arithmetic)) {
    const [a, b] = question(prompt).slice(0, -1).split("+").map(Number) as [number, number];
    assertStrictEquals(target, String(a + b));
    assertStrictEquals(level, `digits-${String(Math.max(a, b)).length}-carries-${carriesOf(a, b)}`);
  }
});

Deno.test("worked examples are the same in a suite and ask for no held-out item", async () => {
  for (const suite of suites) {
    if (suite.measure.kind !== "generation" || DOCUMENTS.includes(suite)) continue;
    const examples = (await smoke(suite))[0]!.prompt.split("\n").slice(0, -1);
    assert(examples.length > 0);
    for (const split of ["calibration", "test"] as const) {
      for (const item of await suite.items({ size: "standard", seed: 1, split })) {
        assertEquals(item.prompt.split("\n").slice(0, -1), examples);
        assert(!examples.includes(question(item.prompt) + item.target));
      }
    }
  }
  const id = await itemId("arithmetic", { prompt: "47+85=132\n47+85=", target: "132" });
  assertStrictEquals(splitOf(id), "train");
});

Deno.test("arithmetic items() exhaust the one-digit sums of training and ask for none elsewhere", async () => {
  const wanted = new Set<string>();
  for (let a = 0; a < 10; a++) {
    for (let b = 0; b < 10; b++) {
      const prompt = `47+85=132\n${a}+${b}=`;
      const id = await itemId("arithmetic", { prompt, target: `${a + b}` });
      if (splitOf(id) === "train") wanted.add(prompt);
    }
  }
  const found = new Set<string>();
  for (const split of SPLITS) {
    for (const item of await arithmetic.items({ size: "full", seed: 4, split })) {
      if (!item.level!.startsWith("digits-1")) continue;
      assertStrictEquals(split, "train");
      found.add(item.prompt);
    }
  }
  assertEquals(found, wanted);
});

Deno.test("carriesOf() counts the columns that carry, chained ones included", () => {
  assertEquals(
    [[4, 5], [5, 5], [99, 1], [999, 1], [190, 20], [0, 0]].map(([a, b]) => carriesOf(a!, b!)),
    [0, 1, 2, 3, 1, 0],
  );
});

Deno.test("prose items() join to text of their document and start the target at a space", async () => {
  for (const { prompt, target, group } of await smoke(prose)) {
    const { text } = PROSE.find((one) => one.document === group)!;
    assert(text.includes(prompt + target));
    assert(target.startsWith(" ") && !target.startsWith("  "));
    assertGreater(prompt.length, 50);
    assertGreater(target.length, prompt.length);
  }
});

Deno.test("prose items() use every document of the split before any twice", async () => {
  const items = await prose.items({ size: "full", seed: 3, split: "test" });
  const first = items.slice(0, items.length / 2).map((item) => item.group);
  assertStrictEquals(new Set(first).size, items.length / 2);
  assertStrictEquals(new Set(items.map((item) => item.id)).size, items.length);
});

Deno.test("speed items() are nine shapes of one text, then of the next", async () => {
  const items = await speed.items({ size: "standard", seed: 3, split: "test" });
  const shapes = items.slice(0, 9).map(({ shape }) => [shape!.promptTokens, shape!.rows]);
  assertEquals(shapes.slice(0, 4), [[32, 1], [32, 4], [32, 8], [512, 1]]);
  assertEquals(shapes.at(-1), [2048, 8]);
  assertStrictEquals(new Set(items.slice(0, 9).map(({ group }) => group)).size, 1);
  assertStrictEquals(new Set(items.map(({ group }) => group)).size, 8);
  assert(items.every(({ shape }) => shape!.tokens === 64));
});
