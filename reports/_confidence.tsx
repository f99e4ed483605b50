/** @jsxImportSource preact */
/**
 * Calibration: how often tokens that left with some confidence agree with full
 * depth, by the height at which they left. One small plot per arm that leaves by
 * a signal; points of a height are joined and have its colour. Where the signal
 * is a probability, a diagonal shows what it would say of itself.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { VNode } from "preact";
import type {
  ArmSummary,
  ConfidenceBin,
  ExitConfidence,
  Summary,
} from "../harness/contract/summary.ts";
import { fineRatio, interval, number, percent, whole } from "./_format.ts";
import { heightStep } from "./_height_scale.ts";
import { armClass, ArmTitle, WideTable } from "./_parts.tsx";
import { drawPlot } from "./_svg.ts";
import { visibleLine } from "./_visible.ts";

const PROBABILITIES: readonly string[] = ["margin", "top1"];

function domainOf(bins: readonly ConfidenceBin[]): readonly [number, number] {
  const values = bins.map(({ confidence }) => confidence);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.05 * (high - low || 0.1);
  return [low - margin, high + margin];
}

/** A figure has room for so many characters of a name. */
function shortName(name: string): string {
  const characters = [...visibleLine(name)];
  return characters.length <= 24 ? characters.join("") : `${characters.slice(0, 23).join("")}…`;
}

function Curve({ arm, confidence, top }: {
  readonly arm: ArmSummary;
  readonly confidence: ExitConfidence;
  readonly top: number;
}): VNode {
  const { bins, kind, signal } = confidence;
  const domain = domainOf(bins);
  const colour = ({ height }: ConfidenceBin) => `var(--h${heightStep(height, top)})`;
  const least = Math.floor(10 * Math.min(...bins.map(({ agreement }) => agreement.low))) / 10;
  // Ends inside the frame: Plot's own clipping would count its paths, and bytes would differ.
  const ends = [Math.max(domain[0], least), Math.min(domain[1], 1)];
  const diagonal = PROBABILITIES.includes(kind) && ends[0]! < ends[1]!
    ? [Plot.line(ends, {
      x: (value: number) => value,
      y: (value: number) => value,
      stroke: "var(--muted)",
      strokeDasharray: "2 4",
    })]
    : [];
  const heights = [...new Set(bins.map(({ height }) => height))];
  const said = bins.map((bin) =>
    `height ${bin.height}, ${number(bin.confidence, fineRatio)}: ${
      number(bin.agreement.value, percent)
    } %`
  );
  return drawPlot({
    width: 300,
    height: 210,
    marginTop: 24,
    marginRight: 12,
    marginBottom: 36,
    marginLeft: 40,
    color: { type: "identity" },
    x: { domain, label: `${shortName(signal)} at the exit →`, ticks: 4, tickSize: 3 },
    y: {
      domain: [least, 1],
      label: "↑ agreement [%]",
      ticks: 5,
      tickFormat: (share: number) => String(Math.round(100 * share)),
      tickSize: 0,
    },
    marks: [
      Plot.gridY({ stroke: "var(--hair)", strokeOpacity: 1, ticks: 5 }),
      ...diagonal,
      ...heights.map((height) =>
        Plot.line(bins.filter((bin) => bin.height === height), {
          x: "confidence",
          y: (bin: ConfidenceBin) => bin.agreement.value,
          stroke: `var(--h${heightStep(height, top)})`,
          strokeWidth: 1.5,
        })
      ),
      Plot.ruleX(bins, {
        x: "confidence",
        y1: (bin: ConfidenceBin) => bin.agreement.low,
        y2: (bin: ConfidenceBin) => bin.agreement.high,
        stroke: colour,
        strokeOpacity: 0.6,
        strokeWidth: 1.5,
      }),
      Plot.dot(bins, {
        x: "confidence",
        y: (bin: ConfidenceBin) => bin.agreement.value,
        r: 3.5,
        fill: colour,
      }),
    ],
  }, {
    label: `Agreement with full depth by ${visibleLine(signal)} where tokens of ${
      visibleLine(arm.label)
    } left: ${said.join("; ")}.`,
    className: "calibration",
  }).node;
}

function Numbers({ confidence, label }: {
  readonly confidence: ExitConfidence;
  readonly label: string;
}): VNode {
  return (
    <details class="numbers">
      <summary>Numbers</summary>
      <WideTable label={`Confidence of ${label}`}>
        <table>
          <caption>
            <span>Groups of tokens by exit height and {visibleLine(confidence.signal)}.</span>
          </caption>
          <thead>
            <tr>
              <th scope="col">height</th>
              <th scope="col">{visibleLine(confidence.signal)}</th>
              <th scope="col">agreement</th>
              <th scope="col">tokens</th>
            </tr>
          </thead>
          <tbody>
            {confidence.bins.map((bin) => (
              <tr>
                <th scope="row">{bin.height}</th>
                <td>{number(bin.confidence, fineRatio)}</td>
                <td>
                  {number(bin.agreement.value, percent)} %{" "}
                  <span class="note">{interval(bin.agreement, percent)}</span>
                </td>
                <td>{whole(bin.tokens)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
    </details>
  );
}

/** One plot per arm that left by a signal. */
export function Calibration({ summary }: { readonly summary: Summary }): VNode {
  const { arms, manifest } = summary;
  if (arms.every(({ confidence }) => confidence === undefined)) {
    return (
      <p class="none">
        — no token of a given text left by a signal, so there is no confidence to check
      </p>
    );
  }
  return (
    <div class="multiples">
      {arms.map((arm, index) => {
        const { confidence } = arm;
        if (confidence === undefined) return null;
        const { bins, leftOut } = confidence;
        return (
          <figure class={armClass(index)}>
            <figcaption>
              <ArmTitle arm={arm} index={index} />
              <span class="note">
                {" "}
                {leftOut === 0
                  ? ""
                  : `${whole(leftOut)} tokens at heights with fewer than 8 are not shown`}
              </span>
            </figcaption>
            {bins.length === 0 ? <p class="none">— too few tokens left at any height</p> : (
              <div>
                <Curve arm={arm} confidence={confidence} top={manifest.model.layerCount} />
                <Numbers confidence={confidence} label={visibleLine(arm.label)} />
              </div>
            )}
          </figure>
        );
      })}
    </div>
  );
}
