/** @jsxImportSource preact */
/**
 * The table of verdicts: one row per policy with all that a choice needs at a
 * glance. Every number stands in the table of all numbers, too, and with its
 * interval there. On narrow screens a row becomes a block; roles are spelled out
 * because the style sheet then takes the table's own away.
 *
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import type { ArmSummary, Estimate, Summary } from "../harness/contract/summary.ts";
import { ForestAxis, ForestRow, type ForestScale, forestScale } from "./_forest.tsx";
import { ABSENT, interval, number, percent, ratio, tenths } from "./_format.ts";
import { heightStep } from "./_height_scale.ts";
import { MethodLink } from "./_methods.tsx";
import { armClass, ArmTitle, QualityMark } from "./_parts.tsx";
import { isNoisy, remarksOf, standingOf, UPPER_BOUND } from "./_standing.ts";
import { visibleLine } from "./_visible.ts";

/** Speed-up per prompt; where nothing was timed, what the plot shows instead. */
function gainOf(arm: ArmSummary, { pareto }: Summary): Estimate | undefined {
  return arm.speed?.perPrompt ?? pareto?.points.find(({ label }) => label === arm.label)?.speed;
}

function toneOf(arm: ArmSummary): string {
  if (arm.role === "baseline") return "is-baseline";
  if (standingOf(arm) === "below") return "is-gated";
  return `says-${arm.speed?.verdict ?? "nothing"}`;
}

function Cell({ name, label, children }: {
  readonly name: string;
  readonly label: string;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <td role="cell" class={name} data-label={label}>
      {children}
    </td>
  );
}

function SuiteMarks({ arm, summary }: {
  readonly arm: ArmSummary;
  readonly summary: Summary;
}): VNode {
  return (
    <span class="marks">
      {summary.manifest.suites.map(({ name }, index) => {
        const quality = arm.quality.find(({ suite }) => suite === name)?.quality;
        return quality === undefined ? null : (
          <span class={`suite-${index + 1}`}>
            {visibleLine(name)} <QualityMark quality={quality} />
          </span>
        );
      })}
    </span>
  );
}

function BlocksRun({ blocks, top }: { readonly blocks: number; readonly top: number }): VNode {
  return (
    <>
      <svg class="gauge" viewBox={`0 0 ${top} 1`} preserveAspectRatio="none" aria-hidden="true">
        <rect class="all" width={top} height={1} />
        <rect
          width={Math.min(blocks, top)}
          height={1}
          fill={`var(--h${heightStep(blocks, top)})`}
        />
      </svg>
      {number(blocks, tenths)} <span class="note">of {top}</span>
    </>
  );
}

function Row({ arm, index, summary, scale }: {
  readonly arm: ArmSummary;
  readonly index: number;
  readonly summary: Summary;
  readonly scale: ForestScale;
}): VNode {
  const gain = gainOf(arm, summary);
  const verdict = arm.role === "baseline" ? "baseline" : arm.speed?.verdict;
  return (
    <tr
      role="row"
      id={`verdict-${index + 1}`}
      class={`${armClass(index)} is-${standingOf(arm)} ${arm.role}`}
    >
      <th role="rowheader" scope="row">
        <ArmTitle arm={arm} index={index} />
        {remarksOf(arm).map((remark) => (
          <>
            {" "}
            <span class={remark === UPPER_BOUND ? "remark bound" : "remark"}>{remark}</span>
          </>
        ))}
      </th>
      <Cell name="verdict" label="verdict">
        {verdict === undefined ? ABSENT : <span class={`verdict-${verdict}`}>{verdict}</span>}
      </Cell>
      <Cell name="gain" label="speed-up">
        {gain === undefined ? ABSENT : (
          <>
            <ForestRow
              estimate={gain}
              decisive={arm.speed?.decisive}
              scale={scale}
              margin={arm.speed === undefined ? undefined : summary.noise?.margin}
              tone={toneOf(arm)}
            />
            <span class="numbers">
              <span class="value">{number(gain.value, ratio)}×</span>{" "}
              {arm.role === "baseline" ? null : <span class="note">{interval(gain, ratio)}</span>}
            </span>
          </>
        )}
      </Cell>
      <Cell name="quality" label="quality class">
        {arm.worstQuality === undefined ? ABSENT : <QualityMark quality={arm.worstQuality} />}
      </Cell>
      <Cell name="by-suite" label="by suite">
        {arm.quality.some(({ quality }) => quality !== undefined)
          ? <SuiteMarks arm={arm} summary={summary} />
          : ABSENT}
      </Cell>
      <Cell name="agreement" label="agreement">
        {arm.fidelity === undefined
          ? ABSENT
          : <>{number(arm.fidelity.agreement.value, percent)} %</>}
      </Cell>
      <Cell name="blocks" label="blocks run">
        {arm.cost === undefined
          ? ABSENT
          : <BlocksRun blocks={arm.cost.blocksRun.value} top={summary.manifest.model.layerCount} />}
      </Cell>
      <Cell name="macs" label="MACs">
        {arm.cost === undefined ? ABSENT : <>{number(arm.cost.macs, ratio)}×</>}
      </Cell>
    </tr>
  );
}

/** The table of a summary. */
export function Verdicts({ summary }: { readonly summary: Summary }): VNode {
  const { arms, pareto } = summary;
  const scale = forestScale(arms.flatMap((arm) => gainOf(arm, summary) ?? []));
  const timed = arms.some(({ speed }) => speed !== undefined);
  const heading = timed ? "speed-up per prompt" : pareto?.speedAxis ?? "speed-up per prompt";
  const link = (term: string, text = term) => (
    <MethodLink summary={summary} term={term}>{text}</MethodLink>
  );
  return (
    <table class={isNoisy(summary) ? "verdicts noisy" : "verdicts"} role="table">
      <caption>
        <span>
          Bars are 95 % intervals on a logarithmic axis, thin lines the wider ones that verdicts are
          drawn from, the upright line is full depth
          {summary.noise === undefined
            ? ""
            : `, the band the ± ${number(summary.noise.margin, percent)} % that verdicts ask for`}.
          {isNoisy(summary) ? " Timing was noisy: comparisons of time are grey." : ""}
        </span>
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">policy</th>
          <th role="columnheader" scope="col">{link("verdict")}</th>
          <th role="columnheader" scope="col" class="gain">
            {link(timed ? "speed-up per prompt" : "MACs", heading)}
            <ForestAxis scale={scale} />
          </th>
          <th role="columnheader" scope="col">{link("quality class", "class")}</th>
          <th role="columnheader" scope="col" class="by-suite">by suite</th>
          <th role="columnheader" scope="col">{link("agreement")}</th>
          <th role="columnheader" scope="col">{link("blocks run")}</th>
          <th role="columnheader" scope="col">{link("MACs")}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {arms.map((arm, index) => <Row arm={arm} index={index} summary={summary} scale={scale} />)}
      </tbody>
    </table>
  );
}
