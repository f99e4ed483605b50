/** @jsxImportSource preact */
/**
 * Where the time of a decode step goes, as a waterfall per arm: each term of the
 * ledger begins where the one before ends, then what the ledger cannot explain,
 * then the measured sum. All arms share one scale; a line marks full depth.
 *
 * @module
 */
import type { VNode } from "preact";
import type { ArmSummary, LedgerView, Summary } from "../harness/contract/summary.ts";
import { number, percent, ratio, significant } from "./_format.ts";
import { MethodLink } from "./_methods.tsx";
import { armClass, ArmTitle } from "./_parts.tsx";
import { visibleLine } from "./_visible.ts";

const WIDTH = 320; // px
const LEFT = 74; // px, for names
const RIGHT = 58; // px, for numbers
const ROW = 19; // px

/** A bar between two times. */
interface Bar {
  readonly name: string;
  readonly tone: string;
  readonly from: number;
  readonly to: number;
}

function barsOf(ledger: LedgerView): readonly Bar[] {
  const terms: readonly (readonly [name: string, tone: string, ms: number])[] = [
    ["blocks", "part-blocks", ledger.blocksMs],
    ["readouts", "part-readouts", ledger.readoutsMs],
    ["fills", "part-fills", ledger.fillsMs],
    ["other reads", "part-probes", ledger.waitsMs],
    ["step", "part-step", ledger.stepMs],
    ["residual", ledger.red ? "part-residual red" : "part-residual", 0],
  ];
  let at = 0;
  const bars = terms.map(([name, tone, ms]): Bar => {
    const bar = { name, tone, from: at, to: name === "residual" ? ledger.measuredMs : at + ms };
    at = bar.to;
    return bar;
  });
  return [...bars, { name: "measured", tone: "part-measured", from: 0, to: ledger.measuredMs }];
}

/** Widest end of the bars of an arm, ms. */
function reachOf(ledger: LedgerView): number {
  return Math.max(...barsOf(ledger).flatMap(({ from, to }) => [from, to]));
}

function Waterfall({ arm, ledger, most, full }: {
  readonly arm: ArmSummary;
  readonly ledger: LedgerView;
  readonly most: number;
  readonly full: number | undefined;
}): VNode {
  const bars = barsOf(ledger);
  const height = ROW * bars.length + 4;
  const x = (ms: number) => LEFT + (WIDTH - LEFT - RIGHT) * Math.max(0, ms) / most;
  const said = bars.map(({ name, from, to }) =>
    `${name} ${number(name === "measured" ? to : to - from, significant)}`
  );
  return (
    <svg
      class="waterfall"
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={`Milliseconds per decode step of ${visibleLine(arm.label)}: ${said.join(", ")}.`}
    >
      {full === undefined
        ? null
        : <line class="full" x1={x(full)} x2={x(full)} y1={0} y2={height} />}
      {bars.map(({ name, tone, from, to }, i) => {
        const [left, right] = [x(Math.min(from, to)), x(Math.max(from, to))];
        const y = ROW * i;
        return (
          <>
            <text x={LEFT - 8} y={y + 13} text-anchor="end">{name}</text>
            <rect
              class={tone}
              x={left.toFixed(2)}
              y={y + 3}
              width={Math.max(0.75, right - left).toFixed(2)}
              height={ROW - 6}
            />
            <text class="ms" x={WIDTH} y={y + 13} text-anchor="end">
              {number(name === "measured" ? to : to - from, significant)}
            </text>
            {i === bars.length - 1
              ? null
              : <line class="step" x1={x(to)} x2={x(to)} y1={y + ROW - 3} y2={y + ROW + 3} />}
          </>
        );
      })}
    </svg>
  );
}

/** One waterfall per arm whose parts were timed; nothing where none were. */
export function Waterfalls({ summary }: { readonly summary: Summary }): VNode | null {
  const { arms } = summary;
  const ledgers = arms.flatMap(({ ledger }) => ledger ?? []);
  if (ledgers.length === 0) return null;
  const most = Math.max(...ledgers.map(reachOf));
  const full = arms.find(({ role }) => role === "baseline")?.ledger?.measuredMs;
  return (
    <div class="waterfalls">
      <h3>
        <MethodLink summary={summary} term="ledger">Where the time goes</MethodLink>
      </h3>
      <p class="lead">
        Milliseconds per decode step: what the ledger’s counts predict from the times of parts, then
        what is left unexplained. The line is full depth, measured. A residual above a tenth of its
        step is red.
      </p>
      <div class="multiples">
        {arms.map((arm, index) =>
          arm.ledger === undefined ? null : (
            <figure class={armClass(index)}>
              <figcaption>
                <ArmTitle arm={arm} index={index} />{" "}
                <span class="note">
                  predicted {number(arm.ledger.predictedSpeedUp, ratio)}×, blocks alone{" "}
                  {number(arm.ledger.blocksOnlySpeedUp, ratio)}×, residual{" "}
                  {number(arm.ledger.residual, percent)} %
                </span>
              </figcaption>
              <Waterfall arm={arm} ledger={arm.ledger} most={most} full={full} />
            </figure>
          )
        )}
      </div>
    </div>
  );
}
