/**
 * Studies, curves and the control as Markdown.
 *
 * @module
 */
import type { StudyView, Summary } from "../harness/contract/summary.ts";
import { ABSENT, interval, number, percent, tenths } from "./_format.ts";
import { type CellText, measuredText, studyCellText } from "./_study_cells.ts";

function joined({ text, note }: CellText): string {
  return note === undefined ? text : `${text} ${note}`;
}

function tableOf(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return [
    `| ${columns.join(" | ")} |`,
    `| ${columns.map((_, i) => i === 0 ? "---" : "--:").join(" | ")} |`,
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ];
}

function studyOf(study: StudyView, inert: (text: string) => string): readonly string[] {
  const claims = study.claims ?? [];
  return [
    "",
    `### ${inert(study.summary)}`,
    ...study.lines.flatMap((line) => ["", inert(line)]),
    ...claims.length === 0 ? [] : [
      "",
      ...tableOf(
        ["claim", "paper", "holds when", "measured", "verdict"],
        claims.map((claim) => [
          inert(claim.claim),
          inert(claim.paper),
          inert(`${claim.how}: ${claim.criterion}`),
          inert(joined(measuredText(claim))),
          `**${claim.verdict}**${claim.remark === undefined ? "" : ` (${inert(claim.remark)})`}`,
        ]),
      ),
    ],
    ...study.tables.filter(({ rows }) => rows.length > 0).flatMap((table) => [
      "",
      inert(`${table.caption}:`),
      "",
      ...tableOf(
        table.columns.map(inert),
        table.rows.map((row) => row.map((cell) => inert(joined(studyCellText(cell))))),
      ),
    ]),
  ];
}

function controlOf(summary: Summary, inert: (text: string) => string): readonly string[] {
  const rows = summary.arms.flatMap(({ label, control, fidelity }) => {
    if (control === undefined) return [];
    const agreement = fidelity?.agreement;
    return [[
      inert(label),
      number(control.blocksRun, tenths),
      agreement === undefined
        ? ABSENT
        : `${number(agreement.value, percent)} ${interval(agreement, percent)}`,
      `${number(control.agreement.value, percent)} ${interval(control.agreement, percent)}`,
      `${number(control.difference.value, percent)} ${interval(control.difference, percent)}`,
    ]];
  });
  if (rows.length === 0) return [];
  return [
    "",
    "### Random skipping at equal blocks",
    "",
    ...tableOf(
      ["policy", "blocks run", "agreement [%] ↑", "random [%]", "difference [points] ↑"],
      rows,
    ),
  ];
}

/** Lines of all studies, the curves and the control; `inert` makes text harmless. */
export function studyLines(
  summary: Summary,
  inert: (text: string) => string,
): readonly string[] {
  const { studies = [], curves } = summary;
  return [
    ...[...studies, ...curves === undefined ? [] : [curves]].flatMap((study) =>
      studyOf(study, inert)
    ),
    ...controlOf(summary, inert),
  ];
}
