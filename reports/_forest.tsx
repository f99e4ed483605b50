/** @jsxImportSource preact */
/**
 * Ratios with their intervals as a row of a forest plot: a logarithmic axis that
 * all rows share, a line at 1, the margin as a band about it, the interval as a
 * bar, the value as a mark. An interval that leaves the axis ends in an arrow.
 *
 * @module
 */
import type { VNode } from "preact";
import type { Estimate } from "../harness/contract/summary.ts";

const WIDTH = 240; // px at natural size
const EDGE = 8; // px beyond the outermost ends
const ROW = 20; // px
const WIDEST = 8; // the axis shows at most 1/8 to 8 beyond the values themselves

/** Ratios that may be ticks. */
const TICKS: readonly number[] = [
  ...[0.01, 0.02, 0.05, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9],
  ...[1, 1.1, 1.25, 1.5, 2, 3, 5, 10, 20, 50, 100],
];

/** A shared axis. */
export interface ForestScale {
  /** Pixel of a ratio, within the axis. */
  x(ratio: number): number;
  /** Whether a ratio lies outside the axis. */
  isBeyond(ratio: number): boolean;
  /** Ratios with a tick; 1 is always there. */
  readonly ticks: readonly number[];
}

/** The axis of some estimates. */
export function forestScale(estimates: readonly Estimate[]): ForestScale {
  const positive = (values: readonly number[]) =>
    values.filter((value) => Number.isFinite(value) && value > 0);
  const values = positive(estimates.map(({ value }) => value));
  const ends = positive(estimates.flatMap(({ low, high }) => [low, high]));
  const [least, most] = [Math.min(1, ...values), Math.max(1, ...values)];
  const low = Math.max(Math.min(least, ...ends), least / WIDEST) / 1.03;
  const high = Math.min(Math.max(most, ...ends), most * WIDEST) * 1.03;
  const place = (ratio: number) =>
    EDGE + (WIDTH - 2 * EDGE) * Math.log(ratio / low) / Math.log(high / low);
  const candidates = TICKS.filter((tick) => tick > low && tick < high);
  const ticks: number[] = [1];
  for (const tick of candidates) {
    if (ticks.every((other) => Math.abs(place(other) - place(tick)) >= 34)) ticks.push(tick);
  }
  return {
    x: (ratio) => Math.min(WIDTH - EDGE, Math.max(EDGE, place(Math.max(ratio, 1e-9)))),
    isBeyond: (ratio) => ratio < low || ratio > high,
    ticks: ticks.toSorted((a, b) => a - b),
  };
}

/** Ticks of the axis, for the heading. */
export function ForestAxis({ scale }: { readonly scale: ForestScale }): VNode {
  return (
    <svg class="forest axis" viewBox={`0 0 ${WIDTH} 16`} aria-hidden="true">
      {scale.ticks.map((tick) => (
        <>
          <text x={scale.x(tick)} y={9} text-anchor="middle">{tick}×</text>
          <line x1={scale.x(tick)} x2={scale.x(tick)} y1={12} y2={16} />
        </>
      ))}
    </svg>
  );
}

/** Properties of {@linkcode ForestRow}. */
export interface ForestRowProps {
  /** What is shown. */
  readonly estimate: Estimate;
  /** The wider interval that the verdict is drawn from, as a thin line. */
  readonly decisive: Estimate | undefined;
  /** The shared axis. */
  readonly scale: ForestScale;
  /** δ of the verdicts, a ratio − 1; absent when nothing was timed. */
  readonly margin: number | undefined;
  /** Class name: how it is coloured. */
  readonly tone: string;
}

function hasWidth({ low, high }: Estimate): boolean {
  return Number.isFinite(low) && Number.isFinite(high) && low < high;
}

/** One row. The number itself stands beside it, so it has no text of its own. */
export function ForestRow(
  { estimate, decisive, scale, margin, tone }: ForestRowProps,
): VNode {
  const { low, value, high } = estimate;
  const middle = ROW / 2;
  const [left, right] = [scale.x(low), scale.x(high)];
  const arrow = (x: number, turn: 1 | -1) => (
    <path
      class="end"
      d={`M${(x + 5 * turn).toFixed(2)} ${middle}l${-5 * turn} -4v8z`}
    />
  );
  return (
    <svg class={`forest ${tone}`} viewBox={`0 0 ${WIDTH} ${ROW}`} aria-hidden="true">
      {margin === undefined ? null : (
        <rect
          class="band"
          x={scale.x(1 / (1 + margin)).toFixed(2)}
          width={(scale.x(1 + margin) - scale.x(1 / (1 + margin))).toFixed(2)}
          y={0}
          height={ROW}
        />
      )}
      <line class="one" x1={scale.x(1)} x2={scale.x(1)} y1={0} y2={ROW} />
      {decisive !== undefined && hasWidth(decisive)
        ? (
          <line
            class="whisker"
            x1={scale.x(decisive.low).toFixed(2)}
            x2={scale.x(decisive.high).toFixed(2)}
            y1={middle}
            y2={middle}
          />
        )
        : null}
      {hasWidth(estimate)
        ? (
          <>
            <line
              class="bar"
              x1={left.toFixed(2)}
              x2={right.toFixed(2)}
              y1={middle}
              y2={middle}
            />
            {scale.isBeyond(low) ? arrow(left, -1) : null}
            {scale.isBeyond(high) ? arrow(right, 1) : null}
          </>
        )
        : null}
      <rect class="mark" x={(scale.x(value) - 4).toFixed(2)} y={middle - 4} width={8} height={8} />
    </svg>
  );
}
