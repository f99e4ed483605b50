import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ArmSummary } from "../harness/contract/summary.ts";
import { EXIT } from "../reports/testdata/arms.ts";
import { SUMMARY } from "../reports/testdata/summary.ts";
import { summaryTable } from "./summary_table.ts";

Deno.test("summaryTable() marks what cannot be deployed beside its name", () => {
  const bound: ArmSummary = { ...EXIT, card: { ...EXIT.card, deployable: false } };
  const table = summaryTable({ ...SUMMARY, arms: [...SUMMARY.arms, bound] });
  const rows = table.split("\n").filter((line) => line.startsWith("fixed_exit"));
  assertEquals(rows.map((row) => row.includes("(upper bound)")), [false, true]);
  assertStringIncludes(rows[1]!, "fixed_exit(exit=6) (upper bound)  ");
});
