import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { columnsOf } from "./_columns.ts";
import { markdown } from "./markdown.ts";
import { BARE_SUMMARY, NOISY_SUMMARY, SUMMARY } from "./testdata/summary.ts";

const TEXT = await markdown.render(SUMMARY);
const LINES = TEXT.split("\n");
const ROWS = LINES.filter((line) => line.startsWith("|"));

Deno.test("markdown.render() gives equal bytes for equal summaries", async () => {
  assertEquals(await markdown.render(structuredClone(SUMMARY)), TEXT);
});

Deno.test("markdown.render() starts with origin line and answer", () => {
  assertEquals(LINES[0], "## Depthbench");
  assertMatch(LINES[2]!, /^tiny · copy \(smoke, 120 prompts\).* · seed 7 · cpu 1a2b3c4d/);
  assertStringIncludes(LINES[4]!, "1.21× faster");
});

Deno.test("markdown.render() gives every row every column, whatever the labels hold", () => {
  const width = columnsOf(SUMMARY).length + 3; // policy, and the empty ends of the line
  assertEquals(ROWS.length, SUMMARY.arms.length + 2);
  for (const row of ROWS) assertEquals(row.split("|").length, width);
});

Deno.test("markdown.render() leaves no markup, mention, reference or link in hostile text", () => {
  const outside = TEXT.replaceAll("&#8203;", "\u200b").replace(/&#\d+;|&\w+;/g, "?");
  assert(!/<\w/.test(outside));
  assert(!/@\w/.test(outside));
  assert(!/#\d/.test(outside));
  assert(!/`/.test(outside));
  assert(!/:\/\//.test(outside));
});

Deno.test("markdown.render() marks rows and prints absent values as —", () => {
  assertMatch(ROWS[5]!, /^\| ~~unified_layer_skipping\(ratio=2\)~~ \*\*\(below gate\)\*\* \|/);
  assertMatch(ROWS[8]!, /^\| d_llm\(router=tiny\) \*\*\(312 skipped\)\*\*( \| —){14} \| hole \|$/);
  assertMatch(ROWS[7]!, /\*\*\(11 failed\)\*\*/);
});

Deno.test("markdown.render() carries warnings, troubles and every method", () => {
  assertStringIncludes(TEXT, "### Warnings");
  assertStringIncludes(TEXT, "no router was trained for it");
  for (const { term } of SUMMARY.methods) assertStringIncludes(TEXT, `**${term}**`);
});

Deno.test("markdown.render() says when timing was noisy or absent", async () => {
  assertStringIncludes(await markdown.render(NOISY_SUMMARY), "**Noisy: do not trust");
  const bare = await markdown.render(BARE_SUMMARY);
  assertStringIncludes(bare, "Nothing was timed.");
  assert(!/undefined|NaN/.test(bare));
});
