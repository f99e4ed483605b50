import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import type { StoredRun } from "../contract/record.ts";
import { arm, free, MODEL, storedRun, suite } from "./_test_run.ts";
import { summarize, withTwin } from "./mod.ts";

const ARMS = [arm("full", { role: "baseline" }), arm("k", { options: { exit: 6 } })];

/** Scores of both arms, item by item. */
function run(
  model: string,
  scores: readonly (readonly [full: number, policy: number])[],
): StoredRun {
  const records = scores.flatMap(([full, policy], i) => [
    free("full", `item ${i}`, { score: full }),
    free("k", `item ${i}`, { score: policy }),
  ]);
  const stored = storedRun({ arms: ARMS, suites: [suite("copy")], records });
  return {
    ...stored,
    manifest: { ...stored.manifest, model: { ...MODEL, name: model, digest: `sha256:${model}` } },
  };
}

const TWELVE = Array.from({ length: 12 }, (_, i) => i);
const TRAINED = run("trained", TWELVE.map((i) => [1, i < 10 ? 1 : 0]));
const PLAIN = run("plain", TWELVE.map((i) => [1, i < 2 ? 1 : 0]));

function twinOf(here: StoredRun, there: StoredRun) {
  return withTwin(summarize(here), { here, there, other: summarize(there) });
}

Deno.test("withTwin() pairs the scores of two models by item", () => {
  const { twin } = twinOf(TRAINED, PLAIN)!;
  assertEquals([twin!.here, twin!.there], ["trained", "plain"]);
  const [full, policy] = twin!.scores;
  assertEquals([full!.arm, full!.difference.value, full!.items], ["full", 0, 12]);
  assertEquals([policy!.arm, policy!.suite, policy!.items], ["k", "copy", 12]);
  assertAlmostEquals(policy!.here.value, 10 / 12);
  assertAlmostEquals(policy!.there.value, 2 / 12);
  assertAlmostEquals(policy!.difference.value, 8 / 12);
  assert(policy!.difference.low > 0.2 && policy!.difference.high <= 1);
  assertEquals(
    twinOf(TRAINED, PLAIN)!.answer.at(-1),
    [
      "k scores otherwise with trained than with plain, paired by item: ",
      "copy 83.3 % against 16.7 %.",
    ].join(""),
  );
  assert(twinOf(TRAINED, PLAIN)!.methods.some(({ term }) => term === "twin"));
});

Deno.test("withTwin() leaves out items that one model has not answered", () => {
  const fewer = { ...PLAIN, records: PLAIN.records.filter(({ item }) => item !== "item 0") };
  assertStrictEquals(twinOf(TRAINED, fewer)!.twin!.scores[1]!.items, 11);
});

Deno.test("withTwin() compares no model with itself", () => {
  assertStrictEquals(twinOf(TRAINED, TRAINED), undefined);
});
