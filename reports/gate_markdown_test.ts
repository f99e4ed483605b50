import { assert, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { gateMarkdown } from "./gate_markdown.ts";
import { GATE } from "./testdata/gate.ts";

const TEXT = gateMarkdown(GATE);

Deno.test("gateMarkdown() leads with the verdict and shows what failed before what passed", () => {
  assertStringIncludes(TEXT.split("\n")[2]!, "❌ **Rows failed**: 3 of 5 checks need a look");
  assert(TEXT.indexOf("❌ **regression**") < TEXT.indexOf("ℹ️ changed"));
  assert(TEXT.indexOf("ℹ️ changed") < TEXT.indexOf("<details>"));
  assertStringIncludes(TEXT, "blessed on 2030-01-01");
});

Deno.test("gateMarkdown() gives every row every column", () => {
  for (const row of TEXT.split("\n").filter((line) => line.startsWith("|"))) {
    assertStrictEquals(row.split("|").length, 8, row);
  }
});

Deno.test("gateMarkdown() leaves no markup, mention, reference or link in hostile text", () => {
  const outside = TEXT.replaceAll(/<\/?(?:details|summary)>/g, "").replaceAll("&#8203;", "\u200b")
    .replaceAll(/&#\d+;|&\w+;/g, "?");
  for (const markup of [/<\w/, /@\w/, /#\d/, /`/, /:\/\//]) assert(!markup.test(outside), outside);
});
