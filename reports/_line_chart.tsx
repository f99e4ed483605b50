/** @jsxImportSource preact */
/**
 * A chart of lines with intervals: curves of policies, numbers by block or height.
 *
 * Lines differ by dash, mark and tone; a key beneath names them. Points carry
 * their label and number as a title for who points at them; the tables beside a
 * chart hold the same numbers for everyone else.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { VNode } from "preact";
import type { ChartSeries, StudyChart } from "../harness/contract/summary.ts";
import { interval, number, small } from "./_format.ts";
import { drawPlot } from "./_svg.ts";
import { visibleLine } from "./_visible.ts";

const WIDTH = 760; // px
const HEIGHT = 320; // px

/** How each line looks, in turn. */
const LOOKS = [
  { tone: "var(--class-B)", dash: "none", symbol: "circle" },
  { tone: "var(--class-C)", dash: "6 4", symbol: "square" },
  { tone: "var(--class-A)", dash: "2 3", symbol: "triangle" },
  { tone: "var(--class-fail)", dash: "8 3 2 3", symbol: "diamond" },
  { tone: "var(--part-probes)", dash: "12 4", symbol: "cross" },
  { tone: "var(--muted)", dash: "1 5", symbol: "star" },
] as const;

function marksOf({ points }: ChartSeries, index: number): Plot.Markish[] {
  const { tone, dash, symbol } = LOOKS[index % LOOKS.length]!;
  const shown = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y.value));
  const bars = shown.filter(({ y }) => Number.isFinite(y.low) && y.low < y.high);
  return [
    Plot.ruleX(bars, {
      x: ({ x }) => x,
      y1: ({ y }) => y.low,
      y2: ({ y }) => y.high,
      stroke: tone,
      strokeOpacity: 0.45,
    }),
    Plot.line(shown, {
      x: ({ x }) => x,
      y: ({ y }) => y.value,
      stroke: tone,
      strokeDasharray: dash,
      strokeWidth: 1.75,
    }),
    Plot.dot(shown, {
      x: ({ x }) => x,
      y: ({ y }) => y.value,
      r: 3.5,
      symbol,
      fill: tone,
      title: ({ label, y }) =>
        visibleLine(`${label}: ${number(y.value, small)} ${interval(y, small)}`),
    }),
  ];
}

/** The chart with its caption and key. */
export function LineChart({ chart }: { readonly chart: StudyChart }): VNode {
  const { node } = drawPlot({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 56,
    marginBottom: 44,
    marginTop: 28,
    color: { type: "identity" },
    x: { label: `${chart.x} →`, labelAnchor: "right", nice: true },
    y: { label: `↑ ${chart.y}`, nice: true, zero: true },
    marks: [
      Plot.gridY({ stroke: "var(--hair)", strokeOpacity: 1 }),
      ...chart.series.flatMap(marksOf),
    ],
  }, { label: visibleLine(`${chart.caption}.`), className: "line-chart" });
  return (
    <figure class="curves">
      <figcaption>{visibleLine(chart.caption)}. Bars are 95 % intervals.</figcaption>
      {node}
      <ul class="line-key">
        {chart.series.map(({ name }, index) => {
          const { tone, dash } = LOOKS[index % LOOKS.length]!;
          return (
            <li>
              <svg width="36" height="10" viewBox="0 0 36 10" aria-hidden="true">
                <line
                  x1="0"
                  x2="36"
                  y1="5"
                  y2="5"
                  stroke={tone}
                  stroke-width="2"
                  stroke-dasharray={dash}
                />
              </svg>{" "}
              {visibleLine(name)}
            </li>
          );
        })}
      </ul>
    </figure>
  );
}
