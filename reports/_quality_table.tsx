/** @jsxImportSource preact */
/**
 * Quality in detail: every arm on every suite against the baseline, paired by
 * item.
 *
 * @module
 */
import type { VNode } from "preact";
import type { Estimate, SuiteQuality, Summary } from "../harness/contract/summary.ts";
import { qualityNotation } from "./_columns.ts";
import { ABSENT, fineRatio, interval, type Notation, number, small, whole } from "./_format.ts";
import { MethodLink } from "./_methods.tsx";
import { armClass, ArmTitle, QualityMark, WideTable } from "./_parts.tsx";
import { visibleLine } from "./_visible.ts";

function Estimated(
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

function Cells({ quality }: { readonly quality: SuiteQuality }): VNode {
  const notation = qualityNotation(quality.metric);
  const { churn } = quality;
  return (
    <>
      <Estimated estimate={quality.value} notation={notation} />
      <Estimated estimate={quality.difference} notation={notation} />
      <Estimated estimate={quality.ratio} notation={fineRatio} />
      <td>
        {quality.quality === undefined ? ABSENT : <QualityMark quality={quality.quality} />}
      </td>
      <td>{churn === undefined ? ABSENT : `−${whole(churn.lost)} +${whole(churn.won)}`}</td>
      <td>{number(churn?.pValue, small)}</td>
      <td>{number(quality.lengthRatio, fineRatio)}</td>
      <td>{whole(quality.value.clusters)}</td>
    </>
  );
}

/** One row per suite and arm; suites together, baseline first. */
export function QualityTable({ summary }: { readonly summary: Summary }): VNode {
  return (
    <WideTable label="Quality in detail">
      <table class="quality">
        <caption>
          <span>
            Scores in %, likelihoods in nats per token; differences and ratios are paired by item.
          </span>
        </caption>
        <thead>
          <tr>
            <th scope="col">policy</th>
            <th scope="col">value</th>
            <th scope="col">
              <MethodLink summary={summary} term="difference">difference</MethodLink>
            </th>
            <th scope="col">
              <MethodLink summary={summary} term="ratio">ratio</MethodLink>
              <span class="unit">[×] ↑</span>
            </th>
            <th scope="col">
              <MethodLink summary={summary} term="quality class">class</MethodLink>
            </th>
            <th scope="col">
              <MethodLink summary={summary} term="churn">churn</MethodLink>
              <span class="unit">[items]</span>
            </th>
            <th scope="col">
              p<span class="unit">of churn</span>
            </th>
            <th scope="col">
              <MethodLink summary={summary} term="length ratio">length</MethodLink>
              <span class="unit">[of baseline’s]</span>
            </th>
            <th scope="col">clusters</th>
          </tr>
        </thead>
        {summary.manifest.suites.map(({ name, summary: about }, suite) => (
          <tbody class={`suite-${suite + 1}`}>
            <tr class="suite">
              <th scope="rowgroup" colSpan={9}>
                {visibleLine(name)} <span class="note">{visibleLine(about)}</span>
              </th>
            </tr>
            {summary.arms.map((arm, index) => {
              const quality = arm.quality.find((entry) =>
                entry.suite === name
              );
              return quality === undefined ? null : (
                <tr class={armClass(index)}>
                  <th scope="row">
                    <ArmTitle arm={arm} index={index} />
                  </th>
                  <Cells quality={quality} />
                </tr>
              );
            })}
          </tbody>
        ))}
      </table>
    </WideTable>
  );
}
