/** @jsxImportSource preact */
/**
 * The policy table: one row per arm, baseline on top, every estimate with its
 * interval, absent values as "—", troubled rows unlike the others.
 *
 * @module
 */
import type { VNode } from "preact";
import type { ArmSummary, Summary } from "../harness/contract/summary.ts";
import { type Cell, type Column, columnsOf } from "./_columns.ts";
import { ABSENT } from "./_format.ts";
import { MethodLink } from "./_methods.tsx";
import { armClass, ArmTitle, QualityMark, WideTable } from "./_parts.tsx";
import { isNoisy, remarksOf, standingOf, UPPER_BOUND } from "./_standing.ts";
import { visibleLine } from "./_visible.ts";

function columnClass(column: Column, columns: readonly Column[]): string {
  const before = columns[columns.indexOf(column) - 1];
  const edge = before?.group === column.group ? "" : " edge";
  return `${column.id}${edge}${column.unit === "" ? " word" : ""}`;
}

function GroupRow({ columns }: { readonly columns: readonly Column[] }): VNode {
  const groups = [...new Set(columns.map((column) => column.group))];
  return (
    <tr class="groups">
      <td />
      {groups.map((group) => (
        <th
          scope="colgroup"
          class="edge"
          colSpan={columns.filter((column) => column.group === group).length}
        >
          {group}
        </th>
      ))}
    </tr>
  );
}

function Heading(
  { column, columns, summary }: {
    readonly column: Column;
    readonly columns: readonly Column[];
    readonly summary: Summary;
  },
): VNode {
  return (
    <th scope="col" class={columnClass(column, columns)}>
      <MethodLink summary={summary} term={column.term}>{visibleLine(column.header)}</MethodLink>
      <span class="unit">
        {column.unit === "" ? "" : `[${column.unit}]`}
        {column.better === undefined ? null : (
          <>
            {" "}
            <span aria-hidden="true">{column.better === "higher" ? "↑" : "↓"}</span>
            <span class="unseen">{`${column.better} is better`}</span>
          </>
        )}
      </span>
    </th>
  );
}

function CellView({ cell }: { readonly cell: Cell | undefined }): VNode {
  if (cell === undefined) return <span class="absent">{ABSENT}</span>;
  return (
    <>
      <span class="value">
        {cell.text}
        {cell.quality === undefined ? null : (
          <>
            {" "}
            <QualityMark quality={cell.quality} />
          </>
        )}
      </span>
      {cell.note === undefined ? null : (
        <>
          {" "}
          <span class="note">{cell.note}</span>
        </>
      )}
    </>
  );
}

function ArmRows(
  { arm, index, columns }: {
    readonly arm: ArmSummary;
    readonly index: number;
    readonly columns: readonly Column[];
  },
): VNode {
  const remarks = remarksOf(arm);
  return (
    <>
      <tr class={`${armClass(index)} is-${standingOf(arm)} ${arm.role}`}>
        <th scope="row">
          <ArmTitle arm={arm} index={index} />
          {remarks.map((remark) => (
            <>
              {" "}
              <span class={remark === UPPER_BOUND ? "remark bound" : "remark"}>{remark}</span>
            </>
          ))}
        </th>
        {columns.map((column) => (
          <td class={columnClass(column, columns)}>
            <CellView cell={column.cell(arm)} />
          </td>
        ))}
      </tr>
      {arm.troubles.length === 0 ? null : (
        <tr class={`${armClass(index)} troubles`}>
          <td colSpan={columns.length + 1}>
            <ul>{arm.troubles.map((trouble) => <li>{visibleLine(trouble)}</li>)}</ul>
          </td>
        </tr>
      )}
    </>
  );
}

/** The policy table of a summary. */
export function PolicyTable({ summary }: { readonly summary: Summary }): VNode {
  const columns = columnsOf(summary);
  return (
    <WideTable label="Policy table">
      <table class={isNoisy(summary) ? "policies noisy" : "policies"}>
        <caption>
          <span>
            Every policy against full depth. Brackets hold 95 % intervals; “—” is not measured.
            {isNoisy(summary) ? " Timing was noisy: comparisons of time are grey." : ""}
          </span>
        </caption>
        <thead>
          <GroupRow columns={columns} />
          <tr>
            <th scope="col">policy</th>
            {columns.map((column) => (
              <Heading
                column={column}
                columns={columns}
                summary={summary}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {summary.arms.map((arm, index) => <ArmRows arm={arm} index={index} columns={columns} />)}
        </tbody>
      </table>
    </WideTable>
  );
}
