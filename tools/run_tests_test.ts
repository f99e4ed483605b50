import { assertEquals } from "@std/assert";
import { readJunit, tally } from "./run_tests.ts";

// As `deno test --junit-path` of Deno 2.9.6 writes it.
const JUNIT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="6" failures="1" errors="0" time="0.015">
    <testsuite name="./a_test.ts" tests="5" disabled="1" errors="0" failures="1">
        <testcase name="a" classname="./a_test.ts" time="0.001" line="1" col="6">
        </testcase>
        <testcase name="b [needs chromium]" classname="./a_test.ts" time="0.000" line="2" col="6">
            <skipped/>
        </testcase>
        <testcase name="c &amp; &lt;d&gt;" classname="./a_test.ts" time="0.000" line="3" col="6">
            <failure message="Uncaught Error: x">Error: x &lt;skipped/&gt;</failure>
        </testcase>
        <testcase name="e &gt; f" classname="./a_test.ts" time="0.001" line="4" col="6">
        </testcase>
        <testcase name="a &gt; s1" classname="./a_test.ts" time="0.001" line="1" col="39">
        </testcase>
    </testsuite>
    <testsuite name="./b_test.ts" tests="1" disabled="0" errors="0" failures="0">
        <testcase name="g" classname="./b_test.ts" time="0.001" line="1" col="6">
        </testcase>
    </testsuite>
</testsuites>`;

Deno.test("readJunit() reads names and outcomes and leaves out steps", () => {
  assertEquals(readJunit(JUNIT), [
    { name: "a", outcome: "passed" },
    { name: "b [needs chromium]", outcome: "ignored" },
    { name: "c & <d>", outcome: "failed" },
    { name: "e > f", outcome: "passed" },
    { name: "g", outcome: "passed" },
  ]);
  assertEquals(readJunit(""), []);
});

Deno.test("tally() sums over runs", () => {
  const run = { outcomes: readJunit(JUNIT), exitCode: 1 };
  const total = tally([run, run], { ci: false, mayLack: [] });
  assertEquals([total.passed, total.failed], [6, 2]);
  assertEquals(total.notes[0], "ignored: b [needs chromium] (needs chromium)");
});

Deno.test("tally() counts a run that died without a failed test as one failure", () => {
  const run = { outcomes: [{ name: "a", outcome: "passed" }], exitCode: 1 } as const;
  assertEquals(tally([run], { ci: false, mayLack: [] }), { passed: 1, failed: 1, notes: [] });
});

Deno.test("tally() fails ignored tests in CI unless what they lack is listed", () => {
  const run = { outcomes: [{ name: "b [needs gpu]", outcome: "ignored" }], exitCode: 0 } as const;
  assertEquals(tally([run], { ci: true, mayLack: [] }).failed, 1);
  assertEquals(tally([run], { ci: true, mayLack: ["gpu"] }).failed, 0);
  assertEquals(tally([run], { ci: false, mayLack: [] }).failed, 0);
});

Deno.test("tally() fails an ignored test that gives no reason", () => {
  const run = { outcomes: [{ name: "b", outcome: "ignored" }], exitCode: 0 } as const;
  assertEquals(tally([run], { ci: false, mayLack: [] }).failed, 1);
});
