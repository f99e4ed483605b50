/**
 * A gate's report as Markdown, for the comment under a pull request.
 *
 * Verdict first, then what failed, then everything. Every text from outside is
 * escaped so that it cannot become markup, a mention, a reference or a link.
 *
 * @module
 */
import type { GateCheck, GateReport } from "../harness/contract/gate.ts";
import { inert } from "./markdown.ts";

const VERDICTS = {
  pass: "✅ **No regression**",
  regression: "❌ **Regression**",
  inconclusive: "❔ **Not decided**",
  failed: "❌ **Rows failed**",
} as const;

const MARKS = {
  pass: "✅",
  noted: "ℹ️ changed",
  regression: "❌ **regression**",
  inconclusive: "❔ not decided",
  failed: "❌ **failed**",
} as const;

/** Renders a gate's report. */
export function gateMarkdown(report: GateReport): string {
  const { outcome, checks, notes, a, b, model, backend } = report;
  const bad = checks.filter((check) => check.outcome !== "pass" && check.outcome !== "noted");
  const changed = checks.filter((check) => check.outcome === "noted");
  const passed = checks.filter((check) => check.outcome === "pass");
  return [
    "## Depthbench gate",
    "",
    `${
      VERDICTS[outcome]
    }: ${bad.length} of ${checks.length} checks need a look, ${changed.length} ` +
    `numbers changed with permission, ${passed.length} are as before.`,
    ...(a.reason === undefined
      ? []
      : ["", `A is a baseline blessed on ${inert(a.blessed ?? "—")}: ${inert(a.reason)}`]),
    ...tableOf(bad),
    ...tableOf(changed),
    ...folded(`${passed.length} checks passed`, tableOf(passed)),
    ...(notes.length === 0 ? [] : ["", ...notes.map((note) => `- ${inert(note)}`)]),
    "",
    `${inert(model)} · ${inert(backend)} · A ${inert(short(a.run))} · B ${inert(short(b.run))}`,
    "",
  ].join("\n");
}

function tableOf(checks: readonly GateCheck[]): readonly string[] {
  if (checks.length === 0) return [];
  return [
    "",
    "| policy | number | A | B | outcome | |",
    "| --- | --- | --: | --: | --- | --- |",
    ...checks.map(({ arm, name, suite, a, b, outcome, says }) => {
      const title = suite === undefined ? name : `${name}, suite ${suite}`;
      const cells = [inert(arm), inert(title), number(a), number(b), MARKS[outcome], inert(says)];
      return `| ${cells.join(" | ")} |`;
    }),
  ];
}

function folded(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return ["", "<details>", `<summary>${title}</summary>`, ...lines, "", "</details>"];
}

function number(value: number | undefined): string {
  if (value === undefined) return "—";
  return Number.isInteger(value) ? String(value) : value.toPrecision(5);
}

function short(digest: string): string {
  return digest.replace("sha256:", "").slice(0, 12);
}
