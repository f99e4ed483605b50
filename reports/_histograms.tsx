/** @jsxImportSource preact */
/**
 * Exit-depth histograms: tokens read out at each height, one small plot per
 * arm, all on one scale, bars in the colour of their height.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { VNode } from "preact";
import type { ArmSummary, Summary } from "../harness/contract/summary.ts";
import { number, percent, whole } from "./_format.ts";
import { heightStep } from "./_height_scale.ts";
import { armClass, ArmTitle } from "./_parts.tsx";
import { drawPlot } from "./_svg.ts";
import { visibleLine } from "./_visible.ts";

interface HistogramProps {
  readonly arm: ArmSummary;
  readonly heights: readonly number[];
  readonly most: number;
}

/** Ticks at the ends and the middle of 0..L. */
function ticksOf(top: number): number[] {
  return top % 2 === 0 && top > 2 ? [0, top / 2, top] : [0, top];
}

function Histogram({ arm, heights, most }: HistogramProps): VNode {
  const top = heights.length - 1;
  const bars = heights.map((tokens, height) => ({ tokens, height }));
  const used = bars.filter(({ tokens }) => tokens > 0)
    .map(({ tokens, height }) => `${whole(tokens)} at height ${height}`);
  return drawPlot({
    width: 280,
    height: 130,
    marginTop: 10,
    marginRight: 8,
    marginBottom: 26,
    marginLeft: 44,
    color: { type: "identity" },
    x: { domain: [-0.6, top + 0.6], label: null, ticks: ticksOf(top), tickFormat: String },
    y: { domain: [0, most], label: null, ticks: 3, tickFormat: whole, tickSize: 0 },
    marks: [
      Plot.gridY({ stroke: "var(--hair)", strokeOpacity: 1, ticks: 3 }),
      Plot.rect(bars, {
        x1: (bar) => bar.height - 0.42,
        x2: (bar) => bar.height + 0.42,
        y1: 0,
        y2: "tokens",
        fill: (bar) => `var(--h${heightStep(bar.height, top)})`,
      }),
      Plot.ruleY([0], { stroke: "var(--rule)" }),
    ],
  }, {
    label: `Exit heights of ${visibleLine(arm.label)}, in tokens: ${used.join(", ")}.`,
    className: "histogram",
  }).node;
}

/** One histogram per arm that decoded anything. */
export function Histograms({ summary }: { readonly summary: Summary }): VNode {
  const { arms, manifest } = summary;
  const most = Math.max(1, ...arms.flatMap((arm) => arm.heights ?? []));
  return (
    <div class="multiples">
      {arms.map((arm, index) => (
        <figure class={armClass(index)}>
          <figcaption>
            <ArmTitle arm={arm} index={index} />
            <span class="note">
              {arm.exitRate === undefined
                ? ""
                : ` ${number(arm.exitRate, percent)} % below ${manifest.model.layerCount}`}
            </span>
          </figcaption>
          {arm.heights === undefined
            ? <p class="none">— nothing was decoded</p>
            : <Histogram arm={arm} heights={arm.heights} most={most} />}
        </figure>
      ))}
    </div>
  );
}
