/** @jsxImportSource preact */
/**
 * Tables of timing: parts that they share.
 *
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import type { ArmSummary, Estimate, Summary } from "../harness/contract/summary.ts";
import { ABSENT, interval, type Notation, number } from "./_format.ts";
import { ArmTitle, WideTable } from "./_parts.tsx";
import { visibleLine } from "./_visible.ts";

/** A cell with its interval. */
export function Estimated({ estimate, notation }: {
  readonly estimate: Estimate | undefined;
  readonly notation: Notation;
}): VNode {
  if (estimate === undefined) return <td>{ABSENT}</td>;
  return (
    <td>
      <span class="value">{number(estimate.value, notation)}</span>{" "}
      <span class="note">{interval(estimate, notation)}</span>
    </td>
  );
}

/** A table of arms whose first column is the policy. */
export function TimingTable({ label, caption, headings, children }: {
  readonly label: string;
  readonly caption: string;
  /** Headings with their units. */
  readonly headings: readonly (readonly [heading: ComponentChildren, unit: string])[];
  readonly children: ComponentChildren;
}): VNode {
  return (
    <WideTable label={label}>
      <table class="timing">
        <caption>
          <span>{caption}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">policy</th>
            {headings.map(([heading, unit]) => (
              <th scope="col">
                {heading}
                <span class="unit">{unit}</span>
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </WideTable>
  );
}

/** The heading of an arm's row. */
export function ArmCell(
  { arm, index }: { readonly arm: ArmSummary; readonly index: number },
): VNode {
  return (
    <th scope="row">
      <ArmTitle arm={arm} index={index} />
    </th>
  );
}

/** A group of rows under the name of a suite. */
export function SuiteRows({ summary, suite, width, children }: {
  readonly summary: Summary;
  readonly suite: string;
  readonly width: number;
  readonly children: ComponentChildren;
}): VNode {
  const index = summary.manifest.suites.findIndex(({ name }) => name === suite);
  return (
    <tbody class={`suite-${index + 1}`}>
      <tr class="suite">
        <th scope="rowgroup" colSpan={width}>{visibleLine(suite)}</th>
      </tr>
      {children}
    </tbody>
  );
}
