import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseHTML } from "linkedom";
import type { ArmSummary, Fidelity, Summary } from "../harness/contract/summary.ts";
import { columnsOf } from "./_columns.ts";
import { html } from "./html.ts";
import { markdown } from "./markdown.ts";
import { estimate } from "./testdata/arms.ts";
import { SUMMARY } from "./testdata/summary.ts";

/** An arm's fidelity with oracle heights on prose alone. */
function read(fidelity: Fidelity, regret: number): Fidelity {
  const oracle = {
    height: estimate(4.3, 0.2),
    first: estimate(3.1, 0.2),
    regret: estimate(regret, 0.3),
  };
  const { agreement, kl } = fidelity;
  const suites = [{ suite: "copy", agreement, kl }, { suite: "prose", agreement, kl, oracle }];
  return { ...fidelity, oracle, suites };
}

const READ: Summary = {
  ...SUMMARY,
  arms: SUMMARY.arms.map((arm, i): ArmSummary =>
    arm.fidelity === undefined ? arm : { ...arm, fidelity: read(arm.fidelity, i - 1.5) }
  ),
  methods: [
    ...SUMMARY.methods,
    ...["oracle height", "first agreement", "regret"].map((term) => ({
      term,
      definition: "Defined.",
    })),
  ],
};

Deno.test("columnsOf() shows oracle height and regret where they were read", () => {
  const ids = (summary: Summary) => columnsOf(summary).map(({ id }) => id);
  const without = ids(SUMMARY);
  assertEquals(ids(READ).filter((id) => !without.includes(id)), ["oracle-height", "regret"]);
  const regret = columnsOf(READ).find(({ id }) => id === "regret")!;
  assertEquals(regret.cell(READ.arms[0]!), { text: "−1.5", note: "[−1.8, −1.2]" });
  assertEquals(regret.cell(SUMMARY.arms.at(-1)!), undefined);
});

Deno.test("html.render() tells fidelity by suite and arm, with a link to each definition", async () => {
  const { document } = parseHTML(await html.render(READ));
  const table = document.querySelector("section[aria-labelledby=fidelity] table")!;
  const headings = [...table.querySelectorAll("thead th")].map((each) => each.textContent);
  assertEquals(headings.length, 6);
  assertEquals(table.querySelectorAll("thead a[href^='#method-']").length, 5);
  const bodies = [...table.querySelectorAll("tbody")];
  assertEquals(bodies.map((body) => body.className), ["suite-1", "suite-4"]);
  assertStringIncludes(bodies[0]!.textContent, "—");
  assertStringIncludes(bodies[1]!.textContent, "4.3");
  const { document: bare } = parseHTML(await html.render(SUMMARY));
  assertEquals(bare.querySelector("section[aria-labelledby=fidelity] table"), null);
});

Deno.test("markdown.render() shows the regret of each arm", async () => {
  assertStringIncludes(await markdown.render(READ), "| regret [blocks] |");
});
