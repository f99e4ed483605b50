/** Suites over local files: own rows and copies of standard sets, hostile files, the launcher. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { findSuites } from "../cli/suite_files.ts";
import { InputError, UsageError } from "../harness/contract/errors.ts";
import type { ByteSource } from "../harness/contract/model.ts";
import type { SuitePlugin } from "../harness/contract/suite.ts";
import { LINE_LIMITS, readLines } from "../suites/local/_lines.ts";
import { localSets, openOwnRows, readSuitePath } from "../suites/local/mod.ts";
import { namedPaths } from "../tools/named_paths.ts";

const FOLDER = decodeURIComponent(new URL("testdata/local_sets/", import.meta.url).pathname);
const ALL = { size: "full", seed: 0, split: "test" } as const;

function source(content: string | Uint8Array<ArrayBuffer>, name = "my.jsonl"): ByteSource {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return {
    name,
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
  };
}

async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

async function open(name: string): Promise<SuitePlugin> {
  const [suite] = await findSuites([name]);
  return suite!;
}

function scoreOf({ measure }: SuitePlugin): (answer: string, target: string) => number {
  assert(measure.kind === "generation");
  return (answer, target) => measure.score(answer, { id: "", prompt: "", target });
}

Deno.test("openOwnRows() takes ids or the SHA-256 of the canonical row", async () => {
  const suite = await openOwnRows(source(
    '{"id":"q1","prompt":"a","target":"b","group":"g"}\r\n\n{"id":2,"prompt":"a","target":"b"}\n' +
      '{"prompt":"a","target":"b"}',
  ));
  const items = (await suite.items(ALL)).toSorted((a, b) => a.id < b.id ? -1 : 1);
  // printf '{"prompt":"a","suite":"my.jsonl","target":"b"}' | sha256sum
  assertEquals(items.map(({ id }) => id), [
    "b9e7f09cfc0da3d8f080e2d4ee841f15dcc5760f9dbd7e64337db5d1944ba274",
    "my.jsonl#2",
    "my.jsonl#q1",
  ]);
  assertStrictEquals(items[2]!.group, "g");
  assertStrictEquals(suite.data?.rows, 3);
  assertMatch(suite.data!.digest, /^sha256:[0-9a-f]{64}$/);
});

Deno.test("openOwnRows() takes the labelled choice, and scores the choice that an answer begins with", async () => {
  const rows = ['"label":1', '"label":"12"', '"target":"12"'].map((label) =>
    `{"prompt":"${label.replaceAll('"', "")}","choices":["1","12","3"],${label}}`
  );
  const suite = await openOwnRows(source(rows.join("\n")));
  assert(suite.measure.kind === "generation");
  for (const item of await suite.items(ALL)) {
    assertStrictEquals(item.target, "12");
    assertStrictEquals(suite.measure.score(" 12 is right", item), 1);
    assertStrictEquals(suite.measure.score("1 is", item), 0);
    assertStrictEquals(suite.measure.score("none", item), 0);
  }
});

Deno.test("openOwnRows() names the line and the field of a wrong row", async () => {
  const cases = [
    ['{"target":"b"}', 'Cannot read field "prompt" in line 1 of "my.jsonl": expected a text'],
    ['\n{"prompt":"a"}', '"target" in line 2 of "my.jsonl": expected a text, or "choices" and'],
    ['{"prompt":"a","choices":["x"],"label":1}', '"label" in line 1'],
    ['{"prompt":"a","choices":["x"],"target":"y"}', "expected one of the choices"],
    ['{"prompt":"a","target":"b","id":"\\u0007"}', "expected a printable text"],
    ["[1]", "expected a JSON object"],
    ["{", "expected JSON"],
    ["", "expected rows: the file has none"],
    ['{"prompt":"a","target":"b"}\n{"prompt":"a","target":"b"}', "items 1 and 2 are the same"],
    ['{"__proto__":{"prompt":"a","target":"b"}}', 'field "target"'],
    ["PAR1", "it is a parquet file: convert it by python"],
  ] as const;
  for (const [text, message] of cases) {
    await assertRejects(() => openOwnRows(source(text)), InputError, message);
  }
});

Deno.test("openOwnRows() refuses settings that it does not know", async () => {
  const rows = source('{"prompt":"a","target":"b"}');
  const cases = [
    ["{", "expected JSON"],
    ['{"scores":"f1"}', 'current value is "scores"'],
    ['{"score":"best"}', 'expected one of "exact", "squad"'],
    ['{"maxTokens":0}', "expected a whole number from 1 to 4096"],
    ['{"fields":{"prompt":3}}', "the name of a field"],
  ] as const;
  for (const [text, message] of cases) {
    await assertRejects(() => openOwnRows(rows, { name: "s", text }), InputError, message);
  }
});

Deno.test("readLines() refuses NUL, bytes that are no UTF-8, long lines, many rows and bombs", async () => {
  const limits = { ...LINE_LIMITS, textBytes: 100, lineBytes: 20, rows: 3 };
  const read = (content: string | Uint8Array<ArrayBuffer>) =>
    readLines(source(content), () => {}, limits);
  const cases = [
    ["a\nb\0", 'line 2 of "my.jsonl": expected text: it has a NUL byte'],
    [Uint8Array.of(0x61, 0xff), "line 1 of"],
    [Uint8Array.of(0xed, 0xa0, 0x80), "expected UTF-8"],
    [`a\n${"é".repeat(11)}`, "line 2 of"],
    ["1\n2\n\n3\n4", "expected at most 3 rows"],
    [await gzip("\n".repeat(1e6)), "expected at most 100 bytes of text"],
    [(await gzip("abc")).slice(0, 12), "expected a whole gzip file"],
  ] as const;
  for (const [content, message] of cases) {
    await assertRejects(() => read(content), InputError, message);
  }
  assertStrictEquals((await read("é".repeat(10) + "\n1\n2\n")).rows, 3);
  await assertRejects(
    () => readLines(source("ab"), () => {}, { ...limits, fileBytes: 1 }),
    InputError,
    "expected at most 1 bytes",
  );
});

Deno.test("readLines() gives the same lines of a packed file, across chunks, without the mark", async () => {
  const lines = Array.from({ length: 30_000 }, (_, i) => `ligne ${i} é😀`);
  const text = `\ufeff${lines.join("\r\n")}\n`;
  for (const content of [text, await gzip(text)]) {
    const found: string[] = [];
    await readLines(source(content), ({ text }) => found.push(text));
    assertEquals(found, lines);
  }
});

Deno.test("findSuites() reads own rows by the settings beside them; limits take a seeded sample", async () => {
  const suite = await open(`${FOLDER}capitals.jsonl`);
  const items = await suite.items(ALL);
  assertStrictEquals(suite.name, "capitals.jsonl");
  assertEquals(new Set(items.map(({ group }) => group)), new Set(["north", "south"]));
  assertStrictEquals(scoreOf(suite)("the Oslo!", " Oslo"), 1);
  const first = async (seed: number) => (await suite.items({ ...ALL, seed, limit: 1 }))[0]!.id;
  for (const seed of [0, 1]) {
    assertStrictEquals(await first(seed), (await suite.items({ ...ALL, seed }))[0]!.id);
  }
  assertStrictEquals(new Set(await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(first))).size, 3);
  assertEquals(await suite.items({ ...ALL, split: "train" }), []);
  assertNotEquals(
    suite.data!.reading,
    (await openOwnRows(source('{"prompt":"a","target":"b"}'))).data!.reading,
  );
});

Deno.test("findSuites() says which names it knows", async () => {
  await assertRejects(() => open("gsm8:./x.jsonl"), UsageError, 'did you mean "gsm8k"?');
  await assertRejects(() => open("./none.jsonl"), InputError, 'Cannot open suite "./none.jsonl"');
  await assertRejects(
    () => findSuites([`${FOLDER}capitals.jsonl`, `${FOLDER}/capitals.jsonl`]),
    UsageError,
    '"capitals.jsonl" comes twice',
  );
});

Deno.test("gsm8k and gsm8k_flexible read one file and score it strictly or not", async () => {
  const file = `${FOLDER}gsm8k.jsonl`;
  const [strict, flexible] = await findSuites([`gsm8k:${file}`, `gsm8k_flexible:${file}`]);
  const targets = (await strict!.items(ALL)).map(({ target }) => target).toSorted();
  assertEquals(targets, [
    " Ada has 3*4=12 pens.\nAfter giving 5 away she has 12-5=7.\n#### 7",
    " It grinds 617*2=1234 sacks.\n#### 1,234",
    " It is 3-8=-5 degrees.\n#### -5",
  ]);
  const [exact, last] = [scoreOf(strict!), scoreOf(flexible!)];
  const target = targets[1]!;
  for (const each of targets) assertEquals([exact(each, each), last(each, each)], [1, 1]);
  assertEquals([exact("it is 1234.", target), last("it is 1234.", target)], [0, 1]);
  assertEquals([exact("#### 1234 of 2", target), last("#### 1234 of 2", target)], [1, 0]);
  await assertRejects(
    () => openGsm8k('{"question":"a","answer":"no number"}'),
    InputError,
    'field "answer" in line 1',
  );
});

async function openGsm8k(text: string): Promise<SuitePlugin> {
  return await localSets.find(({ name }) => name === "gsm8k")!.open(source(text));
}

Deno.test("lambada asks for the last word with its space", async () => {
  const items = await (await open(`lambada:${FOLDER}lambada.jsonl`)).items(ALL);
  assertEquals(items.map(({ target }) => target).toSorted(), [" lake", " loaf"]);
  assert(items.every(({ prompt }) => /\S$/.test(prompt)));
});

Deno.test("hellaswag asks for the right ending, without marks, by number or text of one", async () => {
  const items = await (await open(`hellaswag:${FOLDER}hellaswag.jsonl`)).items(ALL);
  assertEquals(items.map(({ group, prompt, target }) => [group, prompt, target]).toSorted(), [
    [
      "activitynet~v_one",
      "Baking bread: A man kneads dough on a table. he",
      " puts it into the oven.",
    ],
    [
      "wikihow~2",
      "Home: How to fix a chair Glue the leg. Take some glue.",
      " Put it on the leg and press.",
    ],
  ]);
});

Deno.test("cnn_dailymail and xsum score summaries by ROUGE-L", async () => {
  const names = [`cnn_dailymail:${FOLDER}cnn_dailymail.jsonl`, `xsum:${FOLDER}xsum.jsonl`];
  const [cnn, bbc] = await findSuites(names);
  const [item] = await cnn!.items(ALL);
  assertStrictEquals(item!.id, "cnn_dailymail#0001a");
  assertStrictEquals(item!.target, " Mill Bridge opens a library . Two hundred people come .");
  assert(item!.prompt.endsWith("people came.\nTL;DR:"));
  const score = scoreOf(cnn!);
  assertStrictEquals(score(item!.target, item!.target), 1);
  assertStrictEquals(score("Mill Bridge opens", "mill bridge. closes"), 2 / 3);
  assertStrictEquals(
    (await bbc!.items(ALL))[0]!.target,
    " A ferry has run aground without injuries.",
  );
});

Deno.test("sst2 asks for the word of the label", async () => {
  const suite = await open(`sst2:${FOLDER}sst2.tsv`);
  const items = (await suite.items(ALL)).map(({ prompt, target }) => [prompt, target]);
  assertEquals(items.toSorted(), [
    ["Review: a warm and funny film .\nSentiment:", " positive"],
    ["Review: it drags on for two dull hours .\nSentiment:", " negative"],
  ]);
  assertStrictEquals(suite.data?.rows, 2);
  const score = scoreOf(suite);
  assertEquals(["positive.", "negative", ""].map((it) => score(it, " positive")), [1, 0, 0]);
  const sst2 = localSets.find(({ name }) => name === "sst2")!;
  for (const text of ["sentence\tlabel\na b", "index\tsentence\n0\ta b", "a\t2"]) {
    await assertRejects(() => sst2.open(source(text)), InputError, "expected a sentence, a tab");
  }
});

Deno.test("wikitext2 cuts articles into windows that do not overlap", async () => {
  const file = `${FOLDER}wiki.test.raw`;
  const items = await (await open(`wikitext2:${file}`)).items(ALL);
  const raw = (await Deno.readTextFile(file)).split("\n").map((line) => line.trim());
  const text = raw.filter((line) => line !== "").join("\n");
  for (const { prompt, target } of items) {
    assert(text.includes(prompt + target));
    assert(prompt.length <= 256 && prompt.length + target.length <= 1024);
    assertMatch(target, /^ \S/);
  }
  assertEquals(new Set(items.map(({ group }) => group)), new Set(["North River", "South Mill"]));
  const places = items.map(({ prompt, target }) => {
    const at = text.indexOf(prompt + target);
    return { at, end: at + prompt.length + target.length };
  }).toSorted((a, b) => a.at - b.at);
  places.slice(1).forEach(({ at }, i) => assert(at >= places[i]!.end));
});

Deno.test("readSuitePath() tells paths from names of suites", () => {
  assertStrictEquals(readSuitePath("copy"), undefined);
  assertEquals(readSuitePath("./my.jsonl.gz")?.settings, "./my.suite.json");
  assertEquals(readSuitePath("d:\\x.jsonl"), {
    set: undefined,
    path: "d:\\x.jsonl",
    settings: "d:\\x.suite.json",
  });
  assertEquals(readSuitePath("gsm8k:../t.jsonl"), {
    set: "gsm8k",
    path: "../t.jsonl",
    settings: undefined,
  });
});

Deno.test("namedPaths() finds suites that are files, and their settings", () => {
  const read = (args: readonly string[], text?: string) => namedPaths(args, () => text).read;
  assertEquals(read(["run", "--suite", "copy, ../my.jsonl,gsm8k:/d/t.jsonl"]), [
    "../my.jsonl",
    "../my.suite.json",
    "/d/t.jsonl",
  ]);
  assertEquals(read(["run", "--spec", "s.json"], '{"suites":["./a.jsonl"]}'), [
    "s.json",
    "./a.jsonl",
    "./a.suite.json",
  ]);
});
