import { assert, assertEquals, assertMatch } from "@std/assert";
import { reports } from "./mod.ts";
import { SUMMARY } from "./testdata/summary.ts";

Deno.test("reports is the list of formats, HTML first, with distinct extensions", () => {
  assertEquals(reports.map(({ name }) => name), ["html", "markdown", "json"]);
  assertEquals(new Set(reports.map(({ extension }) => extension)).size, reports.length);
  for (const { mediaType } of reports) assertMatch(mediaType, /^[a-z]+\/[a-z]+$/);
});

Deno.test("reports end with one newline and leave the summary as it was", async () => {
  const before = structuredClone(SUMMARY);
  for (const { render } of reports) {
    const text = await render(SUMMARY);
    assert(text.endsWith("\n") && !text.endsWith("\n\n"));
  }
  assertEquals(SUMMARY, before);
});
