/** @jsxImportSource preact */
/**
 * Figures of drafts. Numbers come from the summary; here they become pixels.
 *
 * @module
 */
import type { VNode } from "preact";
import type {
  DraftGrid,
  DraftGridCell,
  PlaceAcceptance,
  RoundTimes,
} from "../harness/contract/summary.ts";
import { number, percent, ratio, significant, whole } from "./_format.ts";
import { visibleLine } from "./_visible.ts";

const WIDTH = 320; // px
const HEIGHT = 150; // px
const LEFT = 34; // px, for the vertical axis
const BOTTOM = 22; // px, for the horizontal one
const ROW = 19; // px
const NAMES = 74; // px
const NUMBERS = 58; // px

/** Acceptance by place of one arm. */
export function AcceptanceCurve(
  { label, places }: { readonly label: string; readonly places: readonly PlaceAcceptance[] },
): VNode {
  const x = (place: number) => LEFT + (WIDTH - LEFT - 8) * (place - 0.5) / places.length;
  const y = (rate: number) => 6 + (HEIGHT - BOTTOM - 6) * (1 - rate);
  const points = places.map(({ place, rate }) =>
    `${x(place).toFixed(2)},${y(rate.value).toFixed(2)}`
  );
  const said = places.map(({ place, rate }) => `${place}: ${number(rate.value, percent)} %`);
  return (
    <svg
      class="waterfall"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Acceptance by place of ${visibleLine(label)}: ${said.join(", ")}.`}
    >
      {[0, 0.5, 1].map((rate) => (
        <>
          <line class="step" x1={LEFT} x2={WIDTH} y1={y(rate)} y2={y(rate)} />
          <text x={LEFT - 6} y={y(rate) + 4} text-anchor="end">{number(100 * rate, whole)}</text>
        </>
      ))}
      {places.map(({ place, rate }) => (
        <>
          <line
            x1={x(place).toFixed(2)}
            x2={x(place).toFixed(2)}
            y1={y(rate.low).toFixed(2)}
            y2={y(rate.high).toFixed(2)}
            stroke="var(--arm)"
            stroke-width="1.5"
          />
          <circle
            cx={x(place).toFixed(2)}
            cy={y(rate.value).toFixed(2)}
            r="3"
            fill="var(--arm)"
          />
          {places.length <= 20
            ? <text x={x(place)} y={HEIGHT - 6} text-anchor="middle">{place}</text>
            : null}
        </>
      ))}
      <polyline points={points.join(" ")} fill="none" stroke="var(--arm)" stroke-width="1" />
    </svg>
  );
}

/** Parts of a round, one bar each, each beginning where the one before ends. */
export function RoundBars(
  { label, times }: { readonly label: string; readonly times: RoundTimes },
): VNode {
  const parts = [
    ["draft", "part-readouts", times.draftMs],
    ["verify", "part-blocks", times.verifyMs],
    ["measure", "part-probes", times.measureMs],
    ["rest", "part-fills", Math.max(0, times.restMs)],
  ] as const;
  let at = 0;
  const bars = parts.map(([name, tone, ms]) => ({ name, tone, ms, from: at, to: at += ms }));
  const most = Math.max(at, times.stepMs);
  const x = (ms: number) => NAMES + (WIDTH - NAMES - NUMBERS) * ms / most;
  const said = parts.map(([name, , ms]) => `${name} ${number(ms, significant)}`);
  const height = ROW * parts.length + 4;
  return (
    <svg
      class="waterfall"
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={`Milliseconds per round of ${visibleLine(label)}: ${said.join(", ")}; ` +
        `a full-depth step takes ${number(times.stepMs, significant)}.`}
    >
      <line class="full" x1={x(times.stepMs)} x2={x(times.stepMs)} y1={0} y2={height} />
      {bars.map(({ name, tone, ms, from, to }, i) => (
        <>
          <text x={NAMES - 8} y={ROW * i + 13} text-anchor="end">{name}</text>
          <rect
            class={tone}
            x={x(from).toFixed(2)}
            y={ROW * i + 3}
            width={Math.max(0.75, x(to) - x(from)).toFixed(2)}
            height={ROW - 6}
          />
          <text class="ms" x={WIDTH} y={ROW * i + 13} text-anchor="end">
            {number(ms, significant)}
          </text>
        </>
      ))}
    </svg>
  );
}

const CELL = 56; // px
const CELL_HEIGHT = 30; // px

/** What a cell shows: the speed-up where it was timed, else the acceptance. */
function cellText({ speedUp, acceptance }: DraftGridCell): string {
  return speedUp === undefined ? `${number(acceptance, percent)}%` : number(speedUp, ratio);
}

/** Heat map of depth × draft length: darker is better. */
export function DraftGridFigure({ grid }: { readonly grid: DraftGrid }): VNode {
  const { cells, policy } = grid;
  const ascending = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
  const exits = ascending(cells.map(({ exit }) => exit));
  const drafts = ascending(cells.map(({ draft }) => draft));
  const timed = cells.some(({ speedUp }) => speedUp !== undefined);
  const shade = cells.map(({ speedUp, acceptance }) => timed ? speedUp ?? NaN : acceptance);
  const [low, high] = [Math.min(...shade), Math.max(...shade)];
  const width = NAMES + CELL * exits.length;
  const height = CELL_HEIGHT * drafts.length + BOTTOM + 14;
  const what = timed ? "Measured speed-up" : "Acceptance";
  return (
    <svg
      class="waterfall hue-1"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      role="img"
      aria-label={`${what} of ${visibleLine(policy)} by height and draft length: ${
        cells.map((cell) => `height ${cell.exit}, length ${cell.draft}: ${cellText(cell)}`).join(
          "; ",
        )
      }.`}
    >
      {cells.map((cell, i) => {
        const x = NAMES + CELL * exits.indexOf(cell.exit);
        const y = CELL_HEIGHT * drafts.indexOf(cell.draft);
        const strength = high > low ? (shade[i]! - low) / (high - low) : 0.5;
        return (
          <>
            <rect
              x={x + 1}
              y={y + 1}
              width={CELL - 2}
              height={CELL_HEIGHT - 2}
              fill="var(--arm)"
              fill-opacity={(0.05 + 0.4 * (Number.isNaN(strength) ? 0 : strength)).toFixed(2)}
            />
            <text class="ms" x={x + CELL / 2} y={y + 19} text-anchor="middle">
              {cellText(cell)}
            </text>
          </>
        );
      })}
      {drafts.map((draft, i) => (
        <text x={NAMES - 8} y={CELL_HEIGHT * i + 19} text-anchor="end">{`draft ${draft}`}</text>
      ))}
      {exits.map((exit, i) => (
        <text
          x={NAMES + CELL * i + CELL / 2}
          y={CELL_HEIGHT * drafts.length + 18}
          text-anchor="middle"
        >
          {`height ${exit}`}
        </text>
      ))}
    </svg>
  );
}
