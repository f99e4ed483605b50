/** @jsxImportSource preact */
/**
 * Fidelity in detail: every arm on every suite against full depth on the same
 * text, and how early full depth's own tokens could have been read.
 *
 * @module
 */
import type { VNode } from "preact";
import type { Estimate, SuiteFidelity, Summary } from "../harness/contract/summary.ts";
import { ABSENT, interval, type Notation, number, percent, small, tenths } from "./_format.ts";
import { MethodLink } from "./_methods.tsx";
import { armClass, ArmTitle, WideTable } from "./_parts.tsx";
import { visibleLine } from "./_visible.ts";

/** One column of numbers. */
interface Column {
  readonly term: string;
  readonly unit: string;
  readonly notation: Notation;
  value(fidelity: SuiteFidelity): Estimate | undefined;
}

const COLUMNS: readonly Column[] = [
  { term: "agreement", unit: "% ↑", notation: percent, value: ({ agreement }) => agreement },
  { term: "KL", unit: "nats/token ↓", notation: small, value: ({ kl }) => kl },
];

const ORACLE: readonly Column[] = [
  {
    term: "oracle height",
    unit: "blocks",
    notation: tenths,
    value: ({ oracle }) => oracle?.height,
  },
  {
    term: "first agreement",
    unit: "blocks",
    notation: tenths,
    value: ({ oracle }) => oracle?.first,
  },
  { term: "regret", unit: "blocks", notation: tenths, value: ({ oracle }) => oracle?.regret },
];

function Value(
  { estimate, notation }: { readonly estimate: Estimate | undefined; readonly notation: Notation },
): VNode {
  if (estimate === undefined) return <td>{ABSENT}</td>;
  return (
    <td>
      <span class="value">{number(estimate.value, notation)}</span>{" "}
      <span class="note">{interval(estimate, notation)}</span>
    </td>
  );
}

/** One row per suite and arm; suites together, baseline first. */
export function FidelityTable({ summary }: { readonly summary: Summary }): VNode {
  const suites = summary.manifest.suites.map((suite, index) => ({
    suite,
    index,
    rows: summary.arms.map((arm) =>
      arm.fidelity?.suites?.find((entry) => entry.suite === suite.name)
    ),
  })).filter(({ rows }) => rows.some((row) => row !== undefined));
  if (suites.length === 0) return <p class="none">No policy ran in lockstep with full depth.</p>;
  const rows = suites.flatMap((each) => each.rows);
  const columns = rows.some((row) => row?.oracle !== undefined) ? [...COLUMNS, ...ORACLE] : COLUMNS;
  return (
    <WideTable label="Fidelity in detail">
      <table class="quality">
        <caption>
          <span>Policy and full depth predict the same given text, position by position.</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">policy</th>
            {columns.map(({ term, unit }) => (
              <th scope="col">
                <MethodLink summary={summary} term={term}>{term}</MethodLink>
                <span class="unit">[{unit}]</span>
              </th>
            ))}
          </tr>
        </thead>
        {suites.map(({ suite, index, rows }) => (
          <tbody class={`suite-${index + 1}`}>
            <tr class="suite">
              <th scope="rowgroup" colSpan={columns.length + 1}>
                {visibleLine(suite.name)} <span class="note">{visibleLine(suite.summary)}</span>
              </th>
            </tr>
            {rows.map((row, arm) =>
              row === undefined ? null : (
                <tr class={armClass(arm)}>
                  <th scope="row">
                    <ArmTitle arm={summary.arms[arm]!} index={arm} />
                  </th>
                  {columns.map(({ notation, value }) => (
                    <Value estimate={value(row)} notation={notation} />
                  ))}
                </tr>
              )
            )}
          </tbody>
        ))}
      </table>
    </WideTable>
  );
}
