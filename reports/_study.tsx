/** @jsxImportSource preact */
/**
 * A study of a run: what was found in words, claims with their verdicts, charts,
 * tables.
 *
 * @module
 */
import type { VNode } from "preact";
import type { ClaimResult, StudyTable, StudyView } from "../harness/contract/summary.ts";
import { LineChart } from "./_line_chart.tsx";
import { WideTable } from "./_parts.tsx";
import { type CellText, measuredText, studyCellText } from "./_study_cells.ts";
import { visibleLine } from "./_visible.ts";

function Value({ cell: { text, note } }: { readonly cell: CellText }): VNode {
  return (
    <>
      <span class="value">{visibleLine(text)}</span>{" "}
      {note === undefined ? null : <span class="note">{visibleLine(note)}</span>}
    </>
  );
}

/** Claims: paper, claim, what was measured, verdict. */
export function ClaimTable({ claims }: { readonly claims: readonly ClaimResult[] }): VNode {
  return (
    <WideTable label="Claims">
      <table class="claims">
        <caption>
          <span>A claim holds when its whole interval lies on the claimed side.</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">claim</th>
            <th scope="col">measured</th>
            <th scope="col">verdict</th>
          </tr>
        </thead>
        <tbody>
          {claims.map((claim) => (
            <tr class={`claim ${claim.verdict.replaceAll(" ", "-")}`}>
              <th scope="row">
                {visibleLine(claim.claim)}
                <br />
                <span class="note">
                  {visibleLine(`${claim.paper}. ${claim.how}; holds when ${claim.criterion}`)}
                </span>
              </th>
              <td>
                <Value cell={measuredText(claim)} />
              </td>
              <td>
                <strong class="verdict">{claim.verdict}</strong>
                {claim.remark === undefined
                  ? null
                  : <span class="note">{visibleLine(claim.remark)}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

function PlainTable({ table }: { readonly table: StudyTable }): VNode {
  return (
    <WideTable label={visibleLine(table.caption)}>
      <table class="study">
        <caption>
          <span>{visibleLine(table.caption)}</span>
        </caption>
        <thead>
          <tr>{table.columns.map((column) => <th scope="col">{visibleLine(column)}</th>)}</tr>
        </thead>
        <tbody>
          {table.rows.map(([first, ...rest]) => (
            <tr>
              <th scope="row">{visibleLine(studyCellText(first ?? "—").text)}</th>
              {rest.map((cell) => (
                <td>
                  <Value cell={studyCellText(cell)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

/** One study. */
export function Study({ study }: { readonly study: StudyView }): VNode {
  return (
    <>
      {study.lines.map((line) => <p class="finding">{visibleLine(line)}</p>)}
      {study.claims === undefined ? null : <ClaimTable claims={study.claims} />}
      {study.charts.filter(({ series }) => series.some(({ points }) => points.length > 0))
        .map((chart) => <LineChart chart={chart} />)}
      {study.tables.filter(({ rows }) => rows.length > 0).map((table) => (
        <PlainTable table={table} />
      ))}
    </>
  );
}
