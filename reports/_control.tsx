/** @jsxImportSource preact */
/**
 * Every policy beside random skipping at its own number of blocks.
 *
 * @module
 */
import type { VNode } from "preact";
import type { Estimate, Summary } from "../harness/contract/summary.ts";
import { ABSENT, interval, number, percent, tenths } from "./_format.ts";
import { armClass, ArmTitle, WideTable } from "./_parts.tsx";

function Share({ estimate }: { readonly estimate: Estimate | undefined }): VNode {
  if (estimate === undefined) return <td>{ABSENT}</td>;
  return (
    <td>
      <span class="value">{number(estimate.value, percent)}</span>{" "}
      <span class="note">{interval(estimate, percent)}</span>
    </td>
  );
}

/** One row per policy that has a control. */
export function ControlTable({ summary }: { readonly summary: Summary }): VNode {
  const { layerCount } = summary.manifest.model;
  return (
    <WideTable label="Random skipping at equal blocks">
      <table class="control">
        <caption>
          <span>Agreement with full depth on the same texts.</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">policy</th>
            <th scope="col">
              blocks run <span class="unit">[of {layerCount}]</span>
            </th>
            <th scope="col">
              policy <span class="unit">[% ↑]</span>
            </th>
            <th scope="col">
              random skipping <span class="unit">[%]</span>
            </th>
            <th scope="col">
              difference <span class="unit">[points ↑]</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {summary.arms.map((arm, index) =>
            arm.role === "baseline" ? null : (
              <tr class={armClass(index)}>
                <th scope="row">
                  <ArmTitle arm={arm} index={index} />
                </th>
                <td>{number(arm.control?.blocksRun, tenths)}</td>
                <Share estimate={arm.fidelity?.agreement} />
                <Share estimate={arm.control?.agreement} />
                <Share estimate={arm.control?.difference} />
              </tr>
            )
          )}
        </tbody>
      </table>
    </WideTable>
  );
}
