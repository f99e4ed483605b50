import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseHTML } from "linkedom";
import type { Estimate, StudyView, Summary } from "../harness/contract/summary.ts";
import { html } from "./html.ts";
import { markdown } from "./markdown.ts";
import { HOSTILE_LABEL, SUMMARY } from "./testdata/summary.ts";

const estimate = (value: number, half = 0.05): Estimate => ({
  value,
  low: value - half,
  high: value + half,
  clusters: 12,
});

const STUDY: StudyView = {
  study: "reproduce",
  summary: "Claims of the papers",
  lines: ["Of 3 claims 1 holds.", HOSTILE_LABEL],
  claims: [
    {
      paper: "A paper",
      claim: "Blocks matter",
      how: "KL of one minus KL of another",
      criterion: "above 0",
      measured: { estimate: estimate(0.4), as: "small" },
      verdict: "holds",
    },
    {
      paper: "A paper",
      claim: HOSTILE_LABEL,
      how: "agreement",
      criterion: "above 0",
      measured: { estimate: estimate(-0.2), as: "percent" },
      verdict: "does not hold",
      remark: "a remark",
    },
    {
      paper: "Another",
      claim: "Tuned models do better",
      how: "a comparison",
      criterion: "above 0",
      verdict: "not tested",
      remark: "training required",
    },
  ],
  charts: [{
    caption: "Agreement by block",
    x: "block",
    y: "agreement, share",
    series: [
      {
        name: HOSTILE_LABEL,
        points: [0, 1, 2].map((x) => ({ x, y: estimate(0.5 + x / 10), label: `block ${x}` })),
      },
      { name: "swapped", points: [{ x: 0, y: estimate(0.7, NaN), label: "block 0" }] },
    ],
  }],
  tables: [{
    caption: "Each block",
    columns: ["block", "agreement [%] ↑"],
    rows: [["0", { estimate: estimate(0.5), as: "percent" }], ["1", "—"]],
  }],
};

const WITH_STUDIES: Summary = {
  ...SUMMARY,
  studies: [STUDY],
  curves: { ...STUDY, study: "curves", claims: [] },
  arms: SUMMARY.arms.map((arm, i) =>
    i !== 1 ? arm : {
      ...arm,
      control: {
        blocksRun: 7.25,
        agreement: estimate(0.61),
        difference: estimate(0.12),
        mixed: ["random_skip(blocks=6)", "random_skip(blocks=8)"],
      },
    }
  ),
};

const PAGE = await html.render(WITH_STUDIES);
const { document } = parseHTML(PAGE);
const textOf = (selector: string) =>
  [...document.querySelectorAll(selector)].map((element) => element.textContent.trim());

Deno.test("html.render() prints every claim with what was measured and its verdict", () => {
  assertEquals(textOf(".claims .verdict"), ["holds", "does not hold", "not tested"]);
  const [first, second, third] = textOf(".claims tbody td:nth-child(2)");
  assertStringIncludes(first!, "0.400");
  assertStringIncludes(second!, "−20.0 %");
  assertEquals(third, "—");
  assert(textOf(".claims .note").some((text) => text.includes("holds when above 0")));
});

Deno.test("html.render() draws a study's charts with a key, and its tables", () => {
  assertEquals(document.querySelectorAll("svg.line-chart").length, 2);
  assertEquals(textOf(".line-key li").filter((text) => text === "swapped").length, 2);
  assert(textOf("table.study tbody td").includes("50.0 [45.0, 55.0]"));
});

Deno.test("html.render() shows random skipping beside each policy that has a control", () => {
  const rows = textOf("table.control tbody tr");
  assertEquals(rows.length, WITH_STUDIES.arms.filter(({ role }) => role !== "baseline").length);
  assert(rows.some((row) => row.includes("61.0 [56.0, 66.0]") && row.includes("12.0 [7.0, 17.0]")));
});

Deno.test("reports of studies keep hostile strings as text", async () => {
  for (const element of document.querySelectorAll("main *")) {
    assert(!["iframe", "img", "object"].includes(element.localName), element.localName);
    for (const { name } of element.attributes) assert(!name.startsWith("on") && name !== "style");
  }
  const text = await markdown.render(WITH_STUDIES);
  assert(!text.includes(HOSTILE_LABEL));
  assertStringIncludes(text, "**does not hold** (a remark)");
  assertStringIncludes(text, "### Random skipping at equal blocks");
});

Deno.test("html.render() of a run without studies has none of their sections", async () => {
  const bare = parseHTML(await html.render(SUMMARY)).document;
  assertEquals(bare.querySelectorAll(".claims, .line-chart, table.control").length, 0);
});
