/** @jsxImportSource preact */
/**
 * Timing in detail: the verdict on each suite, percentiles of steps, and the
 * cells of speed suites. Nothing where nothing was timed.
 *
 * @module
 */
import type { VNode } from "preact";
import type { LatencyPercentiles, SuiteSpeed, Summary } from "../harness/contract/summary.ts";
import { ABSENT, interval, number, percent, ratio, significant, small, whole } from "./_format.ts";
import { MethodLink } from "./_methods.tsx";
import { armClass } from "./_parts.tsx";
import { SpeedCells } from "./_speed_cells.tsx";
import { isNoisy } from "./_standing.ts";
import { ArmCell, Estimated, SuiteRows, TimingTable } from "./_timing_table.tsx";

function SuiteCells({ speed }: { readonly speed: SuiteSpeed }): VNode {
  const needed = speed.requiredPrompts;
  return (
    <>
      <Estimated estimate={speed.perPrompt} notation={ratio} />
      <td class="note">{interval(speed.decisive, ratio)}</td>
      <td>{number(speed.adjustedPValue, small)}</td>
      <td>
        <span class={`verdict-${speed.verdict}`}>{speed.verdict}</span>
        {speed.fewPrompts === true ? <span class="note">few prompts</span> : null}
      </td>
      <td>{number(speed.minimumDetectable, percent)}</td>
      <td>{number(needed, whole)}</td>
    </>
  );
}

function BySuite({ summary }: { readonly summary: Summary }): VNode | null {
  const { arms, manifest } = summary;
  const timed = manifest.suites.filter(({ name }) =>
    arms.some(({ speed }) => speed?.suites?.some(({ suite }) => suite === name))
  );
  if (timed.length === 0) return null;
  const link = (term: string, text: string) => (
    <MethodLink summary={summary} term={term}>{text}</MethodLink>
  );
  return (
    <TimingTable
      label="Speed by suite"
      caption="Each suite by itself; intervals that decide and p-values account for all of them."
      headings={[
        [link("speed-up per prompt", "speed-up per prompt"), "[×] ↑"],
        [link("decisive interval", "decisive"), "[×]"],
        [link("adjusted p-value", "p"), "adjusted"],
        [link("verdict", "verdict"), ""],
        [link("minimum detectable effect", "detects"), "[%]"],
        [link("required prompts", "needs"), "[prompts]"],
      ]}
    >
      {timed.map(({ name }) => (
        <SuiteRows summary={summary} suite={name} width={7}>
          {arms.map((arm, index) => {
            const speed = arm.speed?.suites?.find(({ suite }) => suite === name);
            return speed === undefined ? null : (
              <tr class={armClass(index)}>
                <ArmCell arm={arm} index={index} />
                <SuiteCells speed={speed} />
              </tr>
            );
          })}
        </SuiteRows>
      ))}
    </TimingTable>
  );
}

function PercentileCells({ latencies }: {
  readonly latencies: LatencyPercentiles | undefined;
}): VNode {
  const few = (needed: number) => (
    <td>
      {ABSENT} <span class="note">{`needs ${needed} latencies`}</span>
    </td>
  );
  if (latencies === undefined) return <td colSpan={3}>{ABSENT}</td>;
  const { p90, p99, count, prompts, stepsPerReading } = latencies;
  return (
    <>
      {p90 === undefined
        ? few(64)
        : <Estimated estimate={{ ...p90, clusters: prompts }} notation={significant} />}
      {p99 === undefined
        ? few(662)
        : <Estimated estimate={{ ...p99, clusters: prompts }} notation={significant} />}
      <td>
        {whole(count)}{" "}
        <span class="note">
          {stepsPerReading === 1 ? "single" : `means of ${whole(stepsPerReading)} steps`}
        </span>
      </td>
    </>
  );
}

function Percentiles({ summary }: { readonly summary: Summary }): VNode | null {
  const shown = summary.arms.filter(({ speed }) =>
    speed?.stepPercentiles !== undefined || speed?.firstTokenPercentiles !== undefined
  );
  if (shown.length === 0) return null;
  const link = (text: string) => (
    <MethodLink summary={summary} term="percentiles">{text}</MethodLink>
  );
  return (
    <TimingTable
      label="Percentiles"
      caption="Decode steps, then the time to the first token."
      headings={[
        [link("step p90"), "[ms] ↓"],
        [link("step p99"), "[ms] ↓"],
        ["steps", ""],
        [link("first token p90"), "[ms] ↓"],
        [link("first token p99"), "[ms] ↓"],
        ["readings", ""],
      ]}
    >
      <tbody>
        {summary.arms.map((arm, index) =>
          !shown.includes(arm) ? null : (
            <tr class={armClass(index)}>
              <ArmCell arm={arm} index={index} />
              <PercentileCells latencies={arm.speed?.stepPercentiles} />
              <PercentileCells latencies={arm.speed?.firstTokenPercentiles} />
            </tr>
          )
        )}
      </tbody>
    </TimingTable>
  );
}

/** Whether there is anything to show. */
export function hasTiming({ arms }: Summary): boolean {
  return arms.some(({ speed }) => speed !== undefined);
}

/** All of it. */
export function Timing({ summary }: { readonly summary: Summary }): VNode {
  return (
    <div class={isNoisy(summary) ? "timings noisy" : "timings"}>
      <BySuite summary={summary} />
      <Percentiles summary={summary} />
      <SpeedCells summary={summary} />
    </div>
  );
}
