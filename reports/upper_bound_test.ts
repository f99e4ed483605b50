import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Summary } from "../harness/contract/summary.ts";
import { html } from "./html.ts";
import { markdown } from "./markdown.ts";
import { EXIT } from "./testdata/arms.ts";
import { SUMMARY } from "./testdata/summary.ts";

/** The fixture with one arm that cannot be deployed. */
const BOUNDED: Summary = {
  ...SUMMARY,
  arms: SUMMARY.arms.map((arm) =>
    arm.label === EXIT.label ? { ...arm, card: { ...arm.card, deployable: false } } : arm
  ),
  pareto: {
    ...SUMMARY.pareto!,
    points: SUMMARY.pareto!.points.map((point) =>
      point.label === EXIT.label ? { ...point, upperBound: true } : point
    ),
  },
};

Deno.test("html.render() marks what cannot be deployed beside its name, card and point", async () => {
  const page = await html.render(BOUNDED);
  assertEquals(page.split('<span class="remark bound">upper bound</span>').length, 3); // in both tables
  assertStringIncludes(page, "<dt>deployable</dt><dd>no: an upper bound");
  assertStringIncludes(page, "fixed_exit(exit=6) (upper bound)");
  assertEquals((await html.render(SUMMARY)).includes("upper bound"), false);
});

Deno.test("markdown.render() marks what cannot be deployed beside its name", async () => {
  const text = await markdown.render(BOUNDED);
  assertStringIncludes(text, "**(upper bound, below gate)**");
  assertEquals(text.split("upper bound").length, 2);
});
