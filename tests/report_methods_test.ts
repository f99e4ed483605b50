/**
 * The summary's methods section and the report's columns are written apart;
 * here they must agree.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { parseHTML } from "linkedom";
import { methodsOf } from "../harness/summary/methods.ts";
import { html } from "../reports/html.ts";
import { SUMMARY } from "../reports/testdata/summary.ts";

Deno.test("methodsOf() defines every column that html.render() prints", async () => {
  const methods = methodsOf(SUMMARY, { resamples: 10_000, margin: 0.01, samples: 4 });
  const { document } = parseHTML(await html.render({ ...SUMMARY, methods }));
  const headings = [...document.querySelectorAll("table.policies thead tr:last-child th")];
  assert(headings.length > 10);
  const undefinedOnes = headings.slice(1)
    .filter((heading) => heading.querySelector("a[href^='#method-']") === null)
    .map((heading) => heading.textContent);
  assertEquals(undefinedOnes, []);
});
