/**
 * The summary as Markdown, for pull requests and terminals.
 *
 * Origin line, answer, warnings, policy table, troubles, methods. Every text
 * from outside is escaped so that it cannot become markup, a mention, a
 * reference or a link.
 *
 * @module
 */
import type { ArmSummary, Summary } from "../harness/contract/summary.ts";
import { type Cell, type Column, columnsOf, headingOf } from "./_columns.ts";
import { ABSENT, interval, number, percent, ratio } from "./_format.ts";
import { originParts } from "./_origin.ts";
import { isNoisy, remarksOf, standingOf } from "./_standing.ts";
import { studyLines } from "./_study_markdown.ts";
import { visibleLine } from "./_visible.ts";
import type { ReportPlugin } from "./plugin.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "|": "&#124;",
  "`": "&#96;",
  "@": "@&#8203;", // a zero-width space keeps a name from being mentioned
  "#": "&#35;&#8203;", // … and a number from becoming a reference
};

/** One line of hostile text as inert Markdown. */
export function inert(text: string): string {
  return visibleLine(text)
    .replace(/[&<>|`@#]/g, (character) => ENTITIES[character] ?? character)
    .replace(/[\\*~$]|\](?=[([:])/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replaceAll("://", ":&#8203;//")
    .replace(/www\./gi, (match) => `${match.slice(0, 3)}&#8203;.`);
}

/** A line of prose must not start a list, a rule or a heading. */
function paragraph(text: string): string {
  return inert(text).replace(/^(\s*)([-+=]|\d+[.)])/, "$1&#8203;$2");
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return ABSENT;
  const note = cell.note === undefined ? "" : ` ${cell.note}`;
  const quality = cell.quality === undefined ? "" : ` (${cell.quality})`;
  return inert(`${cell.text}${note}${quality}`);
}

function rowOf(arm: ArmSummary, columns: readonly Column[]): string {
  const remarks = remarksOf(arm).join(", ");
  const label = standingOf(arm) === "below" ? `~~${inert(arm.label)}~~` : inert(arm.label);
  const name = remarks === "" ? label : `${label} **(${remarks})**`;
  return `| ${[name, ...columns.map((column) => cellText(column.cell(arm)))].join(" | ")} |`;
}

function tableOf(summary: Summary): readonly string[] {
  const columns = columnsOf(summary);
  const headings = ["policy", ...columns.map((column) => inert(headingOf(column)))];
  const rules = ["---", ...columns.map((column) => column.unit === "" ? "---" : "--:")];
  return [
    `| ${headings.join(" | ")} |`,
    `| ${rules.join(" | ")} |`,
    ...summary.arms.map((arm) => rowOf(arm, columns)),
  ];
}

function listOf(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : ["", `### ${title}`, "", ...items.map((item) => `- ${item}`)];
}

function noiseLine(summary: Summary): readonly string[] {
  const { noise } = summary;
  if (noise === undefined) return ["", "Nothing was timed."];
  const sentinel = `${number(noise.sentinel.value, ratio)} ${interval(noise.sentinel, ratio)}`;
  const lead = isNoisy(summary) ? "**Noisy: do not trust the comparisons of time.** " : "";
  return [
    "",
    `${lead}Baseline against its own copy: ${inert(sentinel)} ×; margin ${
      number(noise.margin, percent)
    } %. ${noise.reasons.map(inert).join("; ")}`.trimEnd(),
  ];
}

function renderMarkdown(summary: Summary): string {
  const { manifest } = summary;
  const troubles = summary.arms.flatMap((arm) =>
    arm.troubles.map((trouble) => `${inert(arm.label)}: ${inert(trouble)}`)
  );
  const lines = [
    "## Depthbench",
    "",
    originParts(manifest).map(inert).join(" · "),
    ...summary.answer.flatMap((line) => ["", paragraph(line)]),
    ...listOf("Warnings", summary.warnings.map(inert)),
    ...listOf("Failed and skipped", troubles),
    "",
    "### Policies",
    "",
    ...tableOf(summary),
    ...noiseLine(summary),
    ...studyLines(summary, inert),
    ...listOf(
      "Methods",
      summary.methods.map(({ term, definition }) => `**${inert(term)}**: ${inert(definition)}`),
    ),
    "",
    `Run ${inert(manifest.digest)} · depthbench ${inert(manifest.harness)} · ${
      inert(manifest.environment.cpu)
    } · ${inert(manifest.environment.runtime)}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** The summary as Markdown. */
export const markdown: ReportPlugin = {
  name: "markdown",
  extension: "md",
  mediaType: "text/markdown",
  render: renderMarkdown,
};
