import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { RunRecord, StoredRun } from "../harness/contract/record.ts";
import { csv } from "./csv.ts";

const BASE = { suite: "copy", item: "i", group: "g", arm: "calm", repetition: 0 };
const LEDGER = {
  rows: 2,
  attention: 3,
  mlp: 4,
  readouts: 5,
  vocabularyRows: 6,
  probeMacs: 7,
  fills: { project: 8, hole: 9, copy: 10, none: 11, recompute: 12 },
  reads: 13,
  macs: 14,
  weightElements: 15,
  kvWritten: 16,
  kvRead: 17,
};
const RECORDS = [
  {
    ...BASE,
    cell: "1",
    pass: "free",
    outcome: "ok",
    promptTokens: 3,
    tokens: [1, 2],
    text: '=HYPERLINK("x")\nnext, "quoted"',
    heights: [4, 12],
    blocksRun: [4, 12],
    ended: "stop",
    score: 1,
    decodeLedger: LEDGER,
  },
  { ...BASE, cell: "2", arm: "@SUM(A1)", pass: "timed", outcome: "failed", message: " +1" },
  {
    ...BASE,
    cell: "3",
    pass: "lockstep",
    outcome: "ok",
    kl: [-1e-9, 2],
    fullNll: [],
    flips: [0, 1],
  },
] as unknown as readonly RunRecord[];

/** Rows by column name. Read with a parser of its own: RFC 4180. */
function parse(text: string): readonly Readonly<Record<string, string>>[] {
  const rows: string[][] = [[""]];
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const row = rows.at(-1)!;
    const character = text[i]!;
    if (quoted && character === '"' && text[i + 1] === '"') {
      row[row.length - 1] += '"';
      i++;
    } else if (character === '"') quoted = !quoted;
    else if (!quoted && character === ",") row.push("");
    else if (!quoted && character === "\r") rows.push([""]), i++;
    else row[row.length - 1] += character;
  }
  const [names, ...values] = rows.filter((row) => row.length > 1);
  return values.map((row) => Object.fromEntries(names!.map((name, i) => [name, row[i]!])));
}

const ROWS = parse(csv({ manifest: {}, items: [], records: RECORDS } as unknown as StoredRun));

Deno.test("csv() writes one row per record with its fields, absent ones empty", () => {
  assertEquals(ROWS.map(({ cell, outcome, pass }) => [cell, outcome, pass]), [
    ["1", "ok", "free"],
    ["2", "failed", "timed"],
    ["3", "ok", "lockstep"],
  ]);
  const [first, second, third] = ROWS;
  assertEquals([first!.tokens, first!.heights, first!.score, first!.macs], [
    "1 2",
    "4 12",
    "1",
    "14",
  ]);
  assertEquals([second!.tokens, second!.score, second!.macs, second!.decodeMs], ["", "", "", ""]);
  assertEquals([third!.kl, third!.fullNll, third!.flips], ["-1e-9 2", "", "0 1"]);
});

Deno.test("csv() lets no spreadsheet run what a model wrote", () => {
  assertStrictEquals(ROWS[0]!.answer, '\'=HYPERLINK("x") next, "quoted"');
  assertStrictEquals(ROWS[1]!.arm, "'@SUM(A1)");
  assertStrictEquals(ROWS[1]!.message, "' +1");
  for (const row of ROWS) {
    for (const [name, value] of Object.entries(row)) {
      if (name !== "kl") assert(!/^\s*[=+\-@]/.test(value), `${name}: ${value}`);
    }
  }
});
