import { assertEquals, assertStringIncludes } from "@std/assert";
import type { PeerTimes } from "./compare.ts";
import { MEASURES } from "./measure.ts";
import { peerTable, pickTimes } from "./report.ts";

const decode = MEASURES.find(({ kind }) => kind === "decode")!;
const rows = MEASURES.find(({ kind }) => kind === "rows")!;
const times: readonly PeerTimes[] = [
  { id: "ours", threads: 1, measure: decode, timesMs: [5, 5, 5] },
  { id: "ours", threads: 2, measure: decode, timesMs: [4, 4, 4] },
  { id: "native", threads: 1, measure: decode, timesMs: [12, 12, 12] },
  { id: "native", threads: 2, measure: decode, timesMs: [20, 20, 20] },
  { id: "wllama", threads: 1, measure: rows, timesMs: [] },
];

Deno.test("pickTimes() takes the threads asked for, or each peer's fastest", () => {
  assertEquals(pickTimes(times, { id: "ours", measure: decode, threads: "best" })?.threads, 2);
  assertEquals(pickTimes(times, { id: "native", measure: decode, threads: "best" })?.threads, 1);
  assertEquals(pickTimes(times, { id: "native", measure: decode, threads: 2 })?.timesMs[0], 20);
  assertEquals(pickTimes(times, { id: "wllama", measure: rows, threads: 1 }), undefined);
});

Deno.test("peerTable() holds ratios against what is wanted, and a dash where nothing ran", () => {
  const table = peerTable({
    times,
    measures: [decode, rows],
    model: "smollm2",
    threads: 1,
    seed: 1,
  });
  const cells = table.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  assertEquals(cells[2]!.slice(1, 7), [
    "decode, per token",
    "5.00 [5.00, 5.00]",
    "12.0 [12.0, 12.0]",
    "2.40 [2.40, 2.40]",
    "2.00",
    "yes",
  ]);
  assertEquals(cells[3]!.slice(2, 5), ["—", "—", "—"]);
  assertStringIncludes(table, "wllama ÷ ours");
});
