/** @jsxImportSource preact */
/**
 * The cost breakdown: multiply-accumulates of an average decode step as shares
 * of a full-depth step, stacked, with a line at 1.
 *
 * @module
 */
import type { VNode } from "preact";
import type { CostView, Summary } from "../harness/contract/summary.ts";
import { ABSENT, number, ratio } from "./_format.ts";
import { MethodLink } from "./_methods.tsx";
import { armClass, ArmTitle, WideTable } from "./_parts.tsx";

const PARTS = ["blocks", "readouts", "probes", "fills"] as const;

/** Rectangles of the stack; widths are the shares themselves, scaled by the viewBox. */
function Bar({ cost, most }: { readonly cost: CostView; readonly most: number }): VNode {
  let x = 0;
  const rectangles = PARTS.map((part) => {
    const width = cost.macShares[part];
    const rectangle = <rect class={`part-${part}`} x={x} y={0.15} width={width} height={0.7} />;
    x += width;
    return rectangle;
  });
  return (
    <svg
      class="stack"
      viewBox={`0 0 ${most} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {rectangles}
      <line class="full" x1={1} x2={1} y1={0} y2={1} />
    </svg>
  );
}

/** The breakdown as a table with a bar in each row. */
export function CostTable({ summary }: { readonly summary: Summary }): VNode {
  const most = 1.02 * Math.max(1, ...summary.arms.map((arm) => arm.cost?.macs ?? 0));
  return (
    <WideTable label="Cost breakdown">
      <table class="costs">
        <caption>
          <span>
            Multiply-accumulates per decoded token, as shares of a full-depth step. The line in each
            bar marks 1.00.
          </span>
        </caption>
        <thead>
          <tr>
            <th scope="col">policy</th>
            <th scope="col" class="bar">
              <span class="unseen">stacked bar</span>
            </th>
            {PARTS.map((part) => (
              <th scope="col">
                <span class={`swatch part-${part}`} aria-hidden="true" />{" "}
                <MethodLink summary={summary} term="MAC shares">{part}</MethodLink>
              </th>
            ))}
            <th scope="col">
              <MethodLink summary={summary} term="MACs">total</MethodLink>
              <span class="unit">[of full depth] ↓</span>
            </th>
            <th scope="col">
              <MethodLink summary={summary} term="weights">weights read</MethodLink>
              <span class="unit">[of full depth] ↓</span>
            </th>
            <th scope="col">
              <MethodLink summary={summary} term="KV written">KV written</MethodLink>
              <span class="unit">[of full depth] ↓</span>
            </th>
            <th scope="col">
              <MethodLink summary={summary} term="reads">reads</MethodLink>
              <span class="unit">[per token] ↓</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {summary.arms.map(({ label, cost }, index) => (
            <tr class={armClass(index)}>
              <th scope="row">
                <ArmTitle arm={{ label }} index={index} />
              </th>
              <td class="bar">{cost === undefined ? ABSENT : <Bar cost={cost} most={most} />}</td>
              {PARTS.map((part) => <td>{number(cost?.macShares[part], ratio)}</td>)}
              <td class="total">{number(cost?.macs, ratio)}</td>
              <td>{number(cost?.weights, ratio)}</td>
              <td>{number(cost?.kvWritten, ratio)}</td>
              <td>{number(cost?.reads, ratio)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}
