/** @jsxImportSource preact */
/**
 * The Pareto plot: quality ratio against speed-up.
 *
 * Each arm is a point with bars for both 95 % intervals. Shape and colour say
 * its quality class; names of arms below the gate are struck through. Each point
 * is a link to its arm's verdict, with its numbers as title. Drawn twice, for
 * wide and for narrow screens, so that text keeps its size.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { VNode } from "preact";
import type { Estimate, Pareto, ParetoPoint, Summary } from "../harness/contract/summary.ts";
import { fineRatio, interval, number, ratio } from "./_format.ts";
import { type Box, placeLabels } from "./_label_layout.ts";
import { armAnchor, ArmTitle, QualityMark } from "./_parts.tsx";
import { isNoisy, UPPER_BOUND } from "./_standing.ts";
import { type DrawnPlot, drawPlot } from "./_svg.ts";
import { visibleLine } from "./_visible.ts";

/** A point and the place of its arm in the report. */
interface Placed {
  readonly point: ParetoPoint;
  readonly index: number;
}

interface Size {
  readonly name: "wide" | "narrow";
  readonly width: number;
  readonly height: number;
  /** Longest label in characters; 0 shows arm numbers only. */
  readonly labelLength: number;
}

const SIZES: readonly Size[] = [
  { name: "wide", width: 1240, height: 480, labelLength: 44 },
  { name: "narrow", width: 460, height: 400, labelLength: 0 },
];

const MOST_NAMES = 12; // points with names in the plot; more are numbered, with a key beneath
const FONT_SIZE = 13; // px
const CHARACTER = 7; // px, mean advance of the sans-serif at FONT_SIZE
const SYMBOLS = { A: "circle", B: "diamond2", C: "triangle2", fail: "times" } as const;

function classOf({ point, index }: Placed): string {
  return `arm-${index + 1}--pareto-${point.worstQuality ?? "baseline"}`;
}

function toneOf(point: ParetoPoint): string {
  return `var(--${point.worstQuality === undefined ? "ink" : `class-${point.worstQuality}`})`;
}

/** Lowest and highest finite number of the estimates and 1, with a margin for marks. */
function domainOf(estimates: readonly Estimate[]): readonly [number, number] {
  const ends = estimates.flatMap(({ low, value, high }) => [low, value, high])
    .filter(Number.isFinite);
  const [low, high] = [Math.min(1, ...ends), Math.max(1, ...ends)];
  const margin = 0.06 * (high - low || 0.1);
  return [low - margin, high + margin];
}

function marksOf(placed: Placed): Plot.Markish[] {
  const { point } = placed;
  const { speed, quality } = point;
  const className = classOf(placed);
  const tone = toneOf(point);
  const bar = { stroke: tone, strokeWidth: 1.5, strokeOpacity: 0.5, className };
  const spread = ({ low, high }: Estimate) =>
    Number.isFinite(low) && Number.isFinite(high) && low < high;
  return [
    ...(spread(speed)
      ? [Plot.ruleY([0], { x1: speed.low, x2: speed.high, y: quality.value, ...bar })]
      : []),
    ...(spread(quality)
      ? [Plot.ruleX([0], { y1: quality.low, y2: quality.high, x: speed.value, ...bar })]
      : []),
    Plot.dot([0], {
      x: [speed.value],
      y: [quality.value],
      r: 6,
      symbol: point.worstQuality === undefined ? "square" : SYMBOLS[point.worstQuality],
      ...(point.worstQuality === "fail"
        ? { stroke: tone, strokeWidth: 2.5 }
        : { fill: tone, stroke: "var(--paper)", strokeWidth: 1 }),
      className,
    }),
  ];
}

function frontMarks(placed: readonly Placed[]): Plot.Markish[] {
  const front = placed.map(({ point }) => point).filter((point) => point.onFront)
    .toSorted((a, b) => a.speed.value - b.speed.value);
  if (front.length < 2) return [];
  return [Plot.line(front, {
    x: (point: ParetoPoint) => point.speed.value,
    y: (point: ParetoPoint) => point.quality.value,
    stroke: "var(--muted)",
    strokeDasharray: "2 4",
    className: "front",
  })];
}

function optionsOf(pareto: Pareto, size: Size, marks: Plot.Markish[]): Plot.PlotOptions {
  const estimates = pareto.points;
  return {
    width: size.width,
    height: size.height,
    marginTop: 36,
    marginRight: 24,
    marginBottom: 48,
    marginLeft: 56,
    color: { type: "identity" },
    x: {
      label: `${pareto.speedAxis} [×], more is better →`,
      labelAnchor: "right",
      domain: domainOf(estimates.map(({ speed }) => speed)),
      ticks: size.width / 110,
    },
    y: {
      label: "↑ quality, ratio to full depth, more is better",
      domain: domainOf(estimates.map(({ quality }) => quality)),
      ticks: 6,
    },
    marks: [
      Plot.gridX({ stroke: "var(--hair)", strokeOpacity: 1, ticks: size.width / 110 }),
      Plot.gridY({ stroke: "var(--hair)", strokeOpacity: 1, ticks: 6 }),
      Plot.ruleX([1], { stroke: "var(--rule)" }),
      Plot.ruleY([1], { stroke: "var(--rule)" }),
      ...marks,
    ],
  };
}

function labelText({ point, index }: Placed, labelLength: number): string {
  if (labelLength === 0) return `${index + 1}`;
  const bound = point.upperBound === true ? ` (${UPPER_BOUND})` : "";
  const label = `${index + 1}  ${visibleLine(point.label)}${bound}`;
  const characters = [...label];
  if (characters.length <= labelLength) return label;
  return `${characters.slice(0, labelLength - 1).join("")}…`;
}

/** Interval bars as boxes, in pixels of the drawn plot. */
function barsOf({ point }: Placed, drawn: DrawnPlot): readonly Box[] {
  const { speed, quality } = point;
  const [x, y] = [drawn.x(speed.value), drawn.y(quality.value)];
  const [left, right] = [drawn.x(speed.low), drawn.x(speed.high)];
  const [top, bottom] = [drawn.y(quality.high), drawn.y(quality.low)];
  return [
    { x: left, y: y - 2, width: right - left, height: 4 },
    { x: x - 2, y: top, width: 4, height: bottom - top },
  ].filter((box) => Number.isFinite(box.width) && Number.isFinite(box.height));
}

function labelMarks(placed: readonly Placed[], size: Size, bare: DrawnPlot): Plot.Markish[] {
  const labelLength = placed.length > MOST_NAMES ? 0 : size.labelLength;
  const texts = placed.map((one) => labelText(one, labelLength));
  const places = placeLabels(
    placed.map(({ point }, i) => ({
      x: bare.x(point.speed.value),
      y: bare.y(point.quality.value),
      width: CHARACTER * [...texts[i] ?? ""].length,
    })),
    {
      frame: { x: 58, y: 30, width: size.width - 80, height: size.height - 80 },
      bars: placed.flatMap((one) => barsOf(one, bare)),
      lineHeight: FONT_SIZE + 3,
    },
  );
  return placed.map((one, i) => {
    const place = places[i]!;
    const { speed, quality } = one.point;
    return Plot.text([texts[i]], {
      x: [speed.value],
      y: [quality.value],
      text: (text: string) => text,
      dx: place.x - bare.x(speed.value),
      dy: place.y - bare.y(quality.value),
      textAnchor: place.anchor,
      fill: "var(--ink)",
      stroke: "var(--paper)",
      strokeWidth: 4,
      className: classOf(one),
    });
  });
}

function drawSize(pareto: Pareto, placed: readonly Placed[], size: Size): VNode {
  const marks = [...frontMarks(placed), ...placed.flatMap(marksOf)];
  const bare = drawPlot(optionsOf(pareto, size, marks), { label: "", className: "" });
  const labelled = [...marks, ...labelMarks(placed, size, bare)];
  return drawPlot(optionsOf(pareto, size, labelled), {
    label: `Quality ratio against ${pareto.speedAxis}, a link per policy.`,
    className: `pareto ${size.name}`,
    over: ({ x, y }) =>
      placed.map((one) => {
        const { point, index } = one;
        const title = titleOf(point, pareto);
        return (
          <a
            class={`point arm-${index + 1}`}
            href={armAnchor(index)}
            aria-label={title.replaceAll("\n", ", ")}
            data-details={title}
          >
            <circle
              cx={x(point.speed.value).toFixed(2)}
              cy={y(point.quality.value).toFixed(2)}
              r={12}
            />
          </a>
        );
      }),
  }).node;
}

/** Lines that say all of a point. */
function titleOf(point: ParetoPoint, { speedAxis }: Pareto): string {
  const quality = point.worstQuality === undefined ? "" : `, class ${point.worstQuality}`;
  return [
    visibleLine(point.label),
    `${speedAxis} ${number(point.speed.value, ratio)}× ${interval(point.speed, ratio)}`,
    `quality ${number(point.quality.value, fineRatio)} ${
      interval(point.quality, fineRatio)
    }${quality}`,
    ...(point.upperBound === true ? [UPPER_BOUND] : []),
  ].join("\n");
}

function Legend(): VNode {
  return (
    <ul class="legend">
      <li>
        <span class="ink" aria-hidden="true">■</span> full depth
      </li>
      <li>
        <QualityMark quality="A" /> ratio’s lower end ≥ 0.999
      </li>
      <li>
        <QualityMark quality="B" /> ≥ 0.99
      </li>
      <li>
        <QualityMark quality="C" /> ≥ 0.97
      </li>
      <li>
        <QualityMark quality="fail" /> below the gate, <s>struck through</s>
      </li>
      <li>
        <svg viewBox="0 0 28 3" aria-hidden="true">
          <line x1={0} x2={28} y1={1.5} y2={1.5} />
        </svg>{" "}
        no other point is better in both
      </li>
    </ul>
  );
}

/** The plot, its legend, and the numbers behind it. */
export function ParetoFigure({ summary }: { readonly summary: Summary }): VNode {
  const { pareto, arms } = summary;
  if (pareto === undefined) {
    return <p class="none">No plot: fewer than two arms have both a quality and a speed.</p>;
  }
  const placed = pareto.points.map((point) => ({
    point,
    index: arms.findIndex((arm) => arm.label === point.label),
  })).filter(({ point, index }) =>
    index >= 0 && Number.isFinite(point.speed.value) && Number.isFinite(point.quality.value)
  );
  return (
    <figure class={isNoisy(summary) ? "noisy" : undefined}>
      {SIZES.map((size) => drawSize(pareto, placed, size))}
      <Legend />
      <ol class={placed.length > MOST_NAMES ? "key" : "key narrow"}>
        {placed.map(({ point, index }) => (
          <li class={`arm-${index + 1}`}>
            <ArmTitle arm={point} index={index} />{" "}
            <span class="note">
              {number(point.speed.value, ratio)} × {interval(point.speed, ratio)}, quality{" "}
              {number(point.quality.value, fineRatio)}
              {point.upperBound === true ? `, ${UPPER_BOUND}` : ""}
            </span>
          </li>
        ))}
      </ol>
    </figure>
  );
}
