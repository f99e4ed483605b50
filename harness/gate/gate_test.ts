import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { InputError } from "../contract/errors.ts";
import type { GateCheck, RunFacts } from "../contract/gate.ts";
import { armFacts, freeItem, runFacts, timedItem } from "./_facts_fixture.ts";
import { judgeGate } from "./gate.ts";
import { parseBaseline, parseGateReport } from "./schema.ts";

const LIMITS = { tolerance: 0, qualityLoss: 0, sameOutput: false };
const ITEMS = [timedItem("1"), freeItem("1")];
const RUN = runFacts([armFacts(ITEMS)]);
const NO_TIME = "Time is not gated";

function judge(b: RunFacts, time: GateCheck | string = NO_TIME, a: RunFacts = RUN) {
  return judgeGate({ a, b, limits: LIMITS, time });
}

function time(outcome: GateCheck["outcome"]): GateCheck {
  return { kind: "time", arm: "calm", name: "time", outcome, says: "so" };
}

Deno.test("judgeGate() gives the exit code of the worst check", () => {
  const worse = runFacts([armFacts([timedItem("1"), freeItem("1", { score: 0 })])]);
  const failing = runFacts([armFacts(ITEMS, { failed: 2, failure: "no" })]);
  const cases: readonly (readonly [RunFacts, GateCheck | string, string, number])[] = [
    [RUN, NO_TIME, "pass", 0],
    [RUN, time("pass"), "pass", 0],
    [RUN, time("noted"), "pass", 0],
    [RUN, time("inconclusive"), "inconclusive", 2],
    [RUN, time("regression"), "regression", 1],
    [worse, NO_TIME, "regression", 1],
    [worse, time("inconclusive"), "regression", 1],
    [failing, time("regression"), "failed", 3],
  ];
  for (const [b, timing, outcome, exitCode] of cases) {
    const report = judge(b, timing);
    assertStrictEquals(report.outcome, outcome);
    assertStrictEquals(report.exitCode, exitCode);
  }
});

Deno.test("judgeGate() shows deterministic checks first, quality second, time last", () => {
  const kinds = judge(RUN, time("regression")).checks.map(({ kind }) => kind);
  assertEquals([...new Set(kinds)], ["counter", "output", "quality", "time"]);
});

Deno.test("judgeGate() pairs arms by policy, options and fill, however they are labelled", () => {
  const relabelled = armFacts(ITEMS, { label: "calm", options: { threshold: 0.9 } });
  assertStrictEquals(judge(runFacts([relabelled])).outcome, "pass");
  const other = armFacts(ITEMS, { options: { threshold: 0.8 } });
  assertThrows(() => judge(runFacts([other])), InputError, "they share no policy");
  const more = judge(runFacts([relabelled, other]));
  assertEquals(more.notes, [NO_TIME, "Only in B, not gated: calm(threshold=0.9)"]);
  const fewer = judge(RUN, NO_TIME, runFacts([armFacts(ITEMS), other]));
  assertStrictEquals(fewer.exitCode, 2);
});

Deno.test("judgeGate() compares the pair that was named", () => {
  const b = runFacts([armFacts(ITEMS, { label: "calm_2", policy: "calm_2", digest: "new" })]);
  const request = { a: RUN, b, limits: LIMITS, time: NO_TIME };
  const pair = { a: "calm(threshold=0.9)", b: "calm_2" };
  assertStrictEquals(judgeGate({ ...request, pair }).outcome, "pass");
  assertThrows(
    () => judgeGate({ ...request, pair: { ...pair, b: "x" } }),
    InputError,
    'B has no arm of that label: expected one of "calm_2"',
  );
});

Deno.test("judgeGate() refuses runs that cannot be compared", () => {
  const cases: readonly (readonly [Partial<RunFacts>, string])[] = [
    [{ model: "other" }, "their models differ"],
    [{ tokenizer: "other" }, "their tokenizers differ"],
    [{ suites: [{ name: "copy", digest: "other" }] }, "their suites or items differ"],
    [{ timedTokens: 8 }, "their timed tokens differ"],
  ];
  for (const [changes, sentence] of cases) {
    assertThrows(() => judge(runFacts([armFacts(ITEMS)], changes)), InputError, sentence);
  }
  const kernels = judge(runFacts([armFacts(ITEMS)], { backend: "cpu 2" }));
  assertStrictEquals(kernels.outcome, "pass");
  assertStrictEquals(kernels.notes.length, 2);
});

Deno.test("parseGateReport() and parseBaseline() read what is written and refuse what is not", () => {
  const report = judge(RUN, time("inconclusive"));
  assertEquals(parseGateReport(JSON.parse(JSON.stringify(report))), report);
  assertThrows(() => parseGateReport({ ...report, exitCode: 7 }));
  const baseline = {
    kind: "depthbench-baseline",
    schema: 1,
    blessed: "2030-01-01",
    reason: "first",
    history: [],
    facts: RUN,
  };
  assertEquals(parseBaseline(JSON.parse(JSON.stringify(baseline))) as unknown, baseline);
  assertThrows(() => parseBaseline({ ...baseline, reason: "" }));
  assertThrows(() => parseBaseline({ ...baseline, extra: 1 }));
});
