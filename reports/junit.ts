/**
 * A gate's report as JUnit XML, for the test views of CI systems.
 *
 * One suite per arm, one case per check. A regression is a failure, a failed row
 * an error; what cannot be told, or changed with permission, is skipped with its
 * reason, so that it looks different from what passed. Times are the clock's
 * business and left out: equal reports give equal bytes.
 *
 * @module
 */
import type { GateCheck, GateReport } from "../harness/contract/gate.ts";
import { visibleLine } from "./_visible.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** One line of hostile text inside XML: controls are shown, markup is text. */
function xml(text: string): string {
  return visibleLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!)
    .replace(/[\ufffe\uffff]/g, "\ufffd"); // XML 1.0 has no place for these, escaped or not
}

/** Renders a gate's report. */
export function junit(report: GateReport): string {
  const arms = [...new Set(report.checks.map(({ arm }) => arm))];
  const suites = arms.map((arm) => suiteOf(arm, report.checks.filter((it) => it.arm === arm)));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="depthbench gate" ${countsOf(report.checks)}>`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

function countsOf(checks: readonly GateCheck[]): string {
  const count = (...outcomes: readonly GateCheck["outcome"][]) =>
    checks.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return `tests="${checks.length}" failures="${count("regression")}" errors="${
    count("failed")
  }" skipped="${count("inconclusive", "noted")}"`;
}

function suiteOf(arm: string, checks: readonly GateCheck[]): string {
  return [
    `  <testsuite name="${xml(arm)}" ${countsOf(checks)}>`,
    ...checks.map((check) => caseOf(check)),
    "  </testsuite>",
  ].join("\n");
}

function caseOf({ arm, kind, name, suite, a, b, outcome, says }: GateCheck): string {
  const title = suite === undefined ? name : `${name}, suite ${suite}`;
  const open = `    <testcase classname="${xml(`${arm}.${kind}`)}" name="${xml(title)}"`;
  if (outcome === "pass") return `${open}/>`;
  const message = `message="${xml(says)}"`;
  const numbers = xml(`A ${a ?? "—"}, B ${b ?? "—"}`);
  const inner = outcome === "regression"
    ? `<failure type="regression" ${message}>${numbers}</failure>`
    : outcome === "failed"
    ? `<error type="failed rows" ${message}>${numbers}</error>`
    : `<skipped ${message.replace('message="', `message="${outcome}: `)}/>`;
  return `${open}>${inner}</testcase>`;
}
