/** @jsxImportSource preact */
/**
 * Drafts: acceptance by place, grids of depth × draft length, and where a round's
 * time goes.
 *
 * @module
 */
import type { VNode } from "preact";
import type { ArmSummary, DraftingView, DraftSpeed, Summary } from "../harness/contract/summary.ts";
import { AcceptanceCurve, DraftGridFigure, RoundBars } from "./_acceptance_figures.tsx";
import { ABSENT, interval, number, percent, ratio, tenths, whole } from "./_format.ts";
import { MethodLink } from "./_methods.tsx";
import { armClass, ArmTitle, WideTable } from "./_parts.tsx";
import { visibleLine } from "./_visible.ts";

/** An arm that drafts, with its place among all arms. */
interface Drafter {
  readonly arm: ArmSummary;
  readonly drafting: DraftingView;
  readonly index: number;
}

function draftersOf({ arms }: Summary): readonly Drafter[] {
  return arms.flatMap((arm, index) =>
    arm.drafting === undefined ? [] : [{ arm, drafting: arm.drafting, index }]
  );
}

/** Whether a run has drafts to show. */
export function hasDrafts(summary: Summary): boolean {
  return draftersOf(summary).length > 0;
}

/** Why drafts do not pay, in words. */
function limitText({ limit }: DraftSpeed): string {
  if (limit === undefined) return "";
  return limit === "cost" ? "cost forbids it" : "acceptance is too low";
}

function certificateText({ certificates }: DraftingView): string {
  if (certificates === undefined) return ABSENT;
  const { identical, nearTie, bug } = certificates;
  const parts = [
    `${identical} identical`,
    ...nearTie > 0 ? [`${nearTie} near-tie`] : [],
    ...bug > 0 ? [`${bug} bug`] : [],
  ];
  return parts.join(", ");
}

function Row({ arm, drafting, index }: Drafter): VNode {
  const { acceptance, alpha, tokensPerRound, draftLength, height, speed } = drafting;
  return (
    <tr class={armClass(index)}>
      <th scope="row">
        <ArmTitle arm={arm} index={index} />
      </th>
      <td>{number(drafting.rounds, whole)}</td>
      <td>{number(draftLength, tenths)}</td>
      <td>{number(height, tenths)}</td>
      <td>
        <span class="value">{number(acceptance.value, percent)}</span>{" "}
        <span class="note">{interval(acceptance, percent)}</span>
      </td>
      <td>
        <span class="value">{number(alpha.value, percent)}</span>{" "}
        <span class="note">{interval(alpha, percent)}</span>
      </td>
      <td>
        <span class="value">{number(tokensPerRound.value, ratio)}</span>{" "}
        <span class="note">{interval(tokensPerRound, ratio)}</span>
      </td>
      <td>{number(speed?.draftCost, ratio)}</td>
      <td>{number(speed?.verifyCost, ratio)}</td>
      <td>
        <span class="value">{number(speed?.expected, ratio)}</span>{" "}
        <span class="note">{speed === undefined ? "" : limitText(speed)}</span>
      </td>
      <td>{number(speed?.measured, ratio)}</td>
      <td>{number(speed?.breakEven, percent)}</td>
      <td>{certificateText(drafting)}</td>
    </tr>
  );
}

/** Names and units of the table's columns after the policy. */
const COLUMNS: readonly (readonly [term: string, unit: string, method?: string])[] = [
  ["rounds", ""],
  ["draft length", "tokens/round"],
  ["height", "blocks"],
  ["acceptance", "% ↑", "acceptance"],
  ["α", "% ↑", "α"],
  ["tokens per round", "↑", "tokens per round"],
  ["c", "steps/draft ↓"],
  ["v", "steps/round ↓"],
  ["expected speed-up", "× ↑", "expected speed-up of drafts"],
  ["measured", "× ↑", "expected speed-up of drafts"],
  ["break-even α", "% ↓", "expected speed-up of drafts"],
  ["certificate", "texts", "certificate"],
];

/** All that a run says of drafts. */
export function Drafts({ summary }: { readonly summary: Summary }): VNode {
  const drafters = draftersOf(summary);
  const { draftGrids = [] } = summary;
  const timed = drafters.filter(({ drafting }) => drafting.speed !== undefined);
  return (
    <>
      <WideTable label="Drafts in detail">
        <table class="quality">
          <caption>
            <span>
              Every text is full depth’s, whatever was drafted: only time and work differ.
            </span>
          </caption>
          <thead>
            <tr>
              <th scope="col">policy</th>
              {COLUMNS.map(([term, unit, method]) => (
                <th scope="col">
                  {method === undefined
                    ? term
                    : <MethodLink summary={summary} term={method}>{term}</MethodLink>}
                  {unit === "" ? null : <span class="unit">[{unit}]</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{drafters.map((drafter) => <Row {...drafter} />)}</tbody>
        </table>
      </WideTable>
      <div class="waterfalls">
        <h3>Acceptance by place</h3>
        <p class="lead">
          Share of drafted tokens accepted at each place of a draft, of those examined there. Bars
          are 95 % intervals over rounds.
        </p>
        <div class="multiples">
          {drafters.filter(({ drafting }) => drafting.places.length > 0).map((
            { arm, drafting, index },
          ) => (
            <figure class={armClass(index)}>
              <figcaption>
                <ArmTitle arm={arm} index={index} />
              </figcaption>
              <AcceptanceCurve label={arm.label} places={drafting.places} />
            </figure>
          ))}
        </div>
      </div>
      {timed.length === 0 ? null : (
        <div class="waterfalls">
          <h3>Where a round’s time goes</h3>
          <p class="lead">
            Milliseconds per round; the line is one full-depth step. A round pays when it emits more
            tokens than it is steps long.
          </p>
          <div class="multiples">
            {timed.map(({ arm, drafting, index }) => (
              <figure class={armClass(index)}>
                <figcaption>
                  <ArmTitle arm={arm} index={index} />
                </figcaption>
                <RoundBars label={arm.label} times={drafting.speed!.times} />
              </figure>
            ))}
          </div>
        </div>
      )}
      {draftGrids.map((grid) => (
        <div class="waterfalls">
          <h3>{visibleLine(grid.policy)}: depth × draft length</h3>
          <figure>
            <DraftGridFigure grid={grid} />
          </figure>
        </div>
      ))}
    </>
  );
}
