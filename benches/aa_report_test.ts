import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Verdict } from "../harness/contract/summary.ts";
import { AA_BARS, aaReport, type AaRun, needed } from "./aa_report.ts";

const estimate = { value: 1, low: 0.99, high: 1.01, clusters: 24 };
const run = (index: number, sentinelVerdict: Verdict, verdict: Verdict): AaRun => ({
  run: index,
  sentinel: estimate,
  sentinelVerdict,
  isNoisy: false,
  policy: { ...estimate, value: 1.08 },
  verdict,
  minutes: 5.5,
  load: 0.1,
});

Deno.test("needed() is 19, 12 and 18 of twenty runs, and 9 of ten", () => {
  assertEquals(AA_BARS.aa.map((bar) => needed(bar, 20)), [19, 12, 18]);
  assertEquals(AA_BARS.demo.map((bar) => needed(bar, 10)), [9]);
  assertEquals(AA_BARS.aa.map((bar) => needed(bar, 3)), [3, 2, 3]);
});

Deno.test("aaReport() counts the runs that hold each bar", () => {
  const runs = [
    run(1, "equivalent", "faster"),
    run(2, "inconclusive", "faster"),
    run(3, "slower", "inconclusive"),
  ];
  const text = aaReport("aa", { runs, title: "A/A", head: "Somewhere" });
  const lines = text.replaceAll(/ +/g, " ");
  assertStringIncludes(lines, "| A/A neither faster nor slower | 2 of 3 | 3 | no |");
  assertStringIncludes(lines, "| A/A equivalent | 1 of 3 | 2 | no |");
  assertStringIncludes(lines, "| 2 | 1.0000 [0.9900, 1.0100] | inconclusive | 1.0800");
});
