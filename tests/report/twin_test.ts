/** The section on another model: both models' numbers, their names as text. */
import { assert } from "@std/assert";
import type { Summary, Twin } from "../../harness/contract/mod.ts";
import { html } from "../../reports/mod.ts";
import { SUMMARY } from "../../reports/testdata/summary.ts";

const estimate = (value: number) => ({
  value,
  low: value - 0.05,
  high: value + 0.05,
  clusters: 12,
});
const [, policy] = SUMMARY.arms;
const TWIN: Twin = {
  here: "<script>alert(1)</script>",
  there: "plain",
  run: "sha256:00",
  scores: [{
    arm: policy!.label,
    suite: "copy",
    items: 12,
    here: estimate(0.9),
    there: estimate(0.25),
    difference: estimate(0.65),
  }],
  drafts: [{ arm: policy!.label, here: estimate(0.8), there: estimate(0.1) }],
};

Deno.test("the HTML report shows both models' scores, difference and drafts", async () => {
  const text = await html.render({ ...SUMMARY, twin: TWIN } as Summary);
  const section = text.slice(text.indexOf('id="twin"'));
  for (const shown of ["90.0", "25.0", "65.0", "[60.0, 70.0]", "80.0", "10.0", "copy"]) {
    assert(section.includes(shown), shown);
  }
  assert(!text.includes(TWIN.here) && section.includes("&lt;script>"), "the name is no text");
});

Deno.test("the HTML report has no such section for one model", async () => {
  assert(!(await html.render(SUMMARY)).includes('id="twin"'));
});
