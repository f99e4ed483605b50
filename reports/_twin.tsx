/** @jsxImportSource preact */
/**
 * The same run with another model: scores paired by item, and shares of accepted drafts.
 *
 * @module
 */
import type { VNode } from "preact";
import type { Estimate, Summary, Twin } from "../harness/contract/summary.ts";
import { interval, number, percent, whole } from "./_format.ts";
import { MethodLink } from "./_methods.tsx";
import { armClass, ArmTitle, WideTable } from "./_parts.tsx";
import { visibleLine } from "./_visible.ts";

/** A share or a difference of shares, in per cent or points. */
function Percent({ estimate }: { readonly estimate: Estimate }): VNode {
  return (
    <td>
      {number(estimate.value, percent)} <span class="note">{interval(estimate, percent)}</span>
    </td>
  );
}

function indexOf({ arms }: Summary, label: string): number {
  return arms.findIndex((arm) => arm.label === label);
}

/** The comparison. */
export function TwinView({ summary, twin }: {
  readonly summary: Summary;
  readonly twin: Twin;
}): VNode {
  const [here, there] = [visibleLine(twin.here), visibleLine(twin.there)];
  return (
    <>
      <WideTable label="Scores of two models">
        <table>
          <caption>
            <span>
              <MethodLink summary={summary} term="twin">Scores of both models</MethodLink>{" "}
              on the same items.
            </span>
          </caption>
          <thead>
            <tr>
              <th scope="col">policy</th>
              <th scope="col">suite</th>
              <th scope="col">items</th>
              <th scope="col">
                {here}
                <span class="unit">[%] ↑</span>
              </th>
              <th scope="col">
                {there}
                <span class="unit">[%] ↑</span>
              </th>
              <th scope="col">
                difference<span class="unit">[points]</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {twin.scores.map((score) => (
              <tr class={armClass(indexOf(summary, score.arm))}>
                <th scope="row">
                  <ArmTitle arm={{ label: score.arm }} index={indexOf(summary, score.arm)} />
                </th>
                <td>{visibleLine(score.suite)}</td>
                <td>{whole(score.items)}</td>
                <Percent estimate={score.here} />
                <Percent estimate={score.there} />
                <Percent estimate={score.difference} />
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
      {twin.drafts.length === 0 ? null : (
        <WideTable label="Drafts of two models">
          <table>
            <caption>
              <span>Accepted ÷ drafted tokens.</span>
            </caption>
            <thead>
              <tr>
                <th scope="col">policy</th>
                <th scope="col">
                  {here}
                  <span class="unit">[%] ↑</span>
                </th>
                <th scope="col">
                  {there}
                  <span class="unit">[%] ↑</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {twin.drafts.map((drafts) => (
                <tr class={armClass(indexOf(summary, drafts.arm))}>
                  <th scope="row">
                    <ArmTitle arm={{ label: drafts.arm }} index={indexOf(summary, drafts.arm)} />
                  </th>
                  <Percent estimate={drafts.here} />
                  <Percent estimate={drafts.there} />
                </tr>
              ))}
            </tbody>
          </table>
        </WideTable>
      )}
    </>
  );
}
