import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { UsageError } from "../harness/contract/errors.ts";
import {
  arithmetic,
  copy,
  markov,
  prose,
  quoting,
  recall,
  reverse,
  suites,
} from "../suites/mod.ts";
import { exportLine, exportSuite, readExportRequest } from "./export_suites.ts";

Deno.test("exportSuite() of train and test are disjoint by item id", async () => {
  // Suite speed has shapes instead of items to learn from.
  for (const suite of suites.filter(({ measure }) => measure.kind !== "speed")) {
    const train = await exportSuite(suite, { split: "train", seed: 1, items: 3000 });
    const test = await exportSuite(suite, { split: "test", seed: 1, items: 300 });
    const ids = new Set(train.map((item) => item.id));
    assertStrictEquals(ids.size, train.length);
    assert(test.length > 0, suite.name);
    assert((train.length > 0) === (suite !== quoting), suite.name); // quoting is for evaluation alone
    assertEquals(test.filter((item) => ids.has(item.id)), []);
  }
});

Deno.test("exportSuite() goes past one draw and ends when a suite has no more", async () => {
  const many = await exportSuite(arithmetic, { split: "test", seed: 1, items: 1500 });
  assertStrictEquals(many.length, 1500);
  const all = await exportSuite(prose, { split: "test", seed: 1, items: 1500 });
  assert(all.length > 24 && all.length < 1500);
});

Deno.test("exportLine() writes the fields that training reads and omits an absent group", () => {
  const item = { id: "ab", prompt: "7+5=", target: "12", level: "digits-1-carries-1" };
  assertStrictEquals(
    exportLine("arithmetic", item),
    '{"suite":"arithmetic","id":"ab","prompt":"7+5=","target":"12","level":"digits-1-carries-1"}',
  );
});

Deno.test("readExportRequest() reads flags and refuses unknown, missing and malformed ones", () => {
  const good = ["--split", "test", "--seed", "3", "--out", "x.jsonl"];
  const { suites: _, ...rest } = readExportRequest(good);
  assertEquals(rest, { split: "test", seed: 3, items: 1000, out: "x.jsonl" });
  const bad = [
    ["--split", "all", "--seed", "3", "--out", "x"],
    ["--split", "test", "--seed", "1.5", "--out", "x"],
    ["--split", "test", "--seed", "-1", "--out", "x"],
    ["--split", "test", "--out", "x"],
    ["--split", "test", "--seed", "3"],
    [...good, "--items", "0"],
    [...good, "--more", "1"],
    [...good, "stray"],
    [...good, "--suites", "cpoy"],
    [...good, "--suites", ""],
  ];
  for (const args of bad) assertThrows(() => readExportRequest(args), UsageError);
});

Deno.test("readExportRequest() takes the suites of the embedded models unless others are named", () => {
  const read = (...more: string[]) =>
    readExportRequest(["--split", "test", "--seed", "3", "--out", "x", ...more]).suites;
  assertStrictEquals(read().length, 18);
  assertEquals(read().slice(0, 4), [copy, recall, arithmetic, prose]);
  assertEquals(read("--suites", "reverse,markov,reverse"), [reverse, markov]);
  assertEquals(read("--suites", "all"), suites.filter(({ name }) => name !== "speed"));
});
