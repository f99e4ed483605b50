/** @jsxImportSource preact */
/**
 * The cells of speed suites: times and bytes by length of prompt and number of
 * sequences, and the cells that were not run, with their reasons.
 *
 * @module
 */
import type { VNode } from "preact";
import type { ArmSummary, SpeedCell, Summary } from "../harness/contract/summary.ts";
import { number, ratio, significant, whole } from "./_format.ts";
import { MethodLink } from "./_methods.tsx";
import { armClass, ArmTitle } from "./_parts.tsx";
import { ArmCell, Estimated, SuiteRows, TimingTable } from "./_timing_table.tsx";
import { visibleLine } from "./_visible.ts";

function CellRow({ arm, index, cell }: {
  readonly arm: ArmSummary;
  readonly index: number;
  readonly cell: SpeedCell;
}): VNode {
  const { memory, peakBytes } = cell;
  const { weightBytes, partBytes, kvBytes, scratchBytes } = memory;
  return (
    <tr class={armClass(index)}>
      <ArmCell arm={arm} index={index} />
      <td>{whole(cell.promptTokens)}</td>
      <td>{whole(cell.rows)}</td>
      <Estimated estimate={cell.prefillMs} notation={significant} />
      <Estimated estimate={cell.firstTokenMs} notation={significant} />
      <Estimated estimate={cell.stepMs} notation={significant} />
      <Estimated estimate={cell.tokensPerSecond} notation={significant} />
      <Estimated estimate={cell.speedUp} notation={ratio} />
      <td>{[weightBytes, partBytes, kvBytes, scratchBytes].map(whole).join(" / ")}</td>
      <td>{number(peakBytes, whole)}</td>
    </tr>
  );
}

/** All cells; nothing where no speed suite ran. */
export function SpeedCells({ summary }: { readonly summary: Summary }): VNode | null {
  const { arms, manifest } = summary;
  const suites = manifest.suites.filter(({ name }) =>
    arms.some(({ speed }) => speed?.cells?.some(({ suite }) => suite === name))
  );
  const skipped = arms.flatMap((arm, index) =>
    (arm.speed?.skippedCells ?? []).map((cell) => ({ arm, index, cell }))
  );
  const link = (term: string, text: string) => (
    <MethodLink summary={summary} term={term}>{text}</MethodLink>
  );
  if (suites.length === 0 && skipped.length === 0) return null;
  return (
    <>
      {suites.length === 0 ? null : (
        <TimingTable
          label="Cells of speed suites"
          caption="Forced continuations by length of prompt and number of sequences. Bytes are those of weights, trained parts, KV and scratch."
          headings={[
            [link("speed cell", "prompt"), "[tokens]"],
            ["sequences", ""],
            [link("prefill and first token", "prefill"), "[ms] ↓"],
            [link("prefill and first token", "first token"), "[ms] ↓"],
            ["step", "[ms] ↓"],
            ["tokens", "[per second] ↑"],
            ["speed-up", "[×] ↑"],
            [link("memory", "held"), "[bytes]"],
            [link("memory", "peak"), "[bytes] ↓"],
          ]}
        >
          {suites.map(({ name }) => (
            <SuiteRows summary={summary} suite={name} width={10}>
              {arms.map((arm, index) =>
                (arm.speed?.cells ?? []).filter(({ suite }) => suite === name)
                  .map((cell) => <CellRow arm={arm} index={index} cell={cell} />)
              )}
            </SuiteRows>
          ))}
        </TimingTable>
      )}
      {skipped.length === 0 ? null : (
        <ul class="reasons">
          {skipped.map(({ arm, index, cell }) => (
            <li class={armClass(index)}>
              <ArmTitle arm={arm} index={index} />, {visibleLine(`${cell.suite} ${cell.level}`)}:
              {" "}
              {visibleLine(cell.reason)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
