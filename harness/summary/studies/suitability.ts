/**
 * The view of suitability: how early full depth agrees with itself, and what
 * exits and policies make of it.
 *
 * @module
 */
import type {
  ChartPoint,
  Estimate,
  StudyCell,
  StudyTable,
  StudyView,
} from "../../contract/summary.ts";
import { fidelityOf } from "../fidelity.ts";
import { purposeSeed } from "../clusters.ts";
import type { RunView } from "../run_view.ts";
import { percentText } from "../words.ts";
import {
  adaptability,
  adaptabilityCeiling,
  lensEstimate,
  type LensRequest,
  type Similarity,
} from "./adaptability.ts";
import { allArms, armsWith } from "./arms.ts";
import { contrast, STUDY_RESAMPLES } from "./contrast.ts";
import { staticDepth } from "./static_depth.ts";

const ALPHAS = [0.3, 0.5, 0.7];
const SIMILARITIES: readonly (readonly [Similarity, string])[] = [
  ["cosine", "cosine of logits"],
  ["centred", "cosine of centred logits"],
  ["state", "cosine of residual states"],
  ["agree", "equal greedy tokens"],
];

/** Sums up suitability; `undefined` when full depth was not read through the lens. */
export function suitabilityView(view: RunView): StudyView | undefined {
  const { seed, model: { layerCount } } = view.run.manifest;
  const records = view.baseline.lockstep;
  if (!records.some(({ lens }) => lens !== undefined)) return undefined;
  const estimate = (request: Omit<LensRequest, "seed">, of: (means: readonly number[]) => number) =>
    lensEstimate(records, { request: { ...request, seed }, of });
  const eas = (similarity: Similarity, alpha: number, shuffled = false) =>
    estimate({ similarity, shuffled }, (means) => adaptability(means, alpha));
  const byHeight = (similarity: Similarity, shuffled: boolean): readonly ChartPoint[] =>
    Array.from({ length: layerCount }, (_, i) => i + 1).flatMap((height) => {
      const y = estimate({ similarity, shuffled }, (means) => means[height]!);
      return y === undefined ? [] : [{ x: height, y, label: `height ${height}` }];
    });
  return {
    study: "suitability",
    summary: "Whether early exit is worth trying on this model",
    lines: [
      ...achievedLines(view),
      `The ceiling of the score at ${layerCount} blocks and α = 0.5 is ${
        adaptabilityCeiling(layerCount, 0.5).toFixed(3)
      }. Shared head, no exit training; a similarity says no more than its shuffled control lacks.`,
    ],
    charts: [{
      caption: "Similarity of the readout at each height to the one at the top",
      x: "height",
      y: "mean over positions",
      series: [
        { name: "equal greedy tokens", points: byHeight("agree", false) },
        { name: "equal greedy tokens, shuffled", points: byHeight("agree", true) },
        { name: "cosine of logits", points: byHeight("cosine", false) },
        { name: "cosine of logits, shuffled", points: byHeight("cosine", true) },
      ].filter(({ points }) => points.length > 0),
    }],
    tables: [
      {
        caption: "Early-exit Adaptability Score by similarity",
        columns: ["similarity", ...ALPHAS.map((alpha) => `EAS, α = ${alpha}`), "shuffled, α = 0.5"],
        rows: SIMILARITIES.map(([similarity, name]) => [
          name,
          ...ALPHAS.map((alpha) => cell(eas(similarity, alpha), "ratio")),
          similarity === "state" ? "—" : cell(eas(similarity, 0.5, true), "ratio"),
        ]),
      },
      ...boundsTable(view),
      achievedTable(view),
    ],
  };
}

function cell(
  estimate: Estimate | undefined,
  as: "percent" | "ratio" | "small" | "tenths",
): StudyCell {
  return estimate === undefined ? "—" : { estimate, as };
}

/** What the four oracles leave out. */
function boundsTable(view: RunView): readonly StudyTable[] {
  const { seed, model: { layerCount } } = view.run.manifest;
  const { oracle } = fidelityOf(view.baseline.lockstep, {
    layerCount,
    seed: purposeSeed(seed, "suitability"),
    resamples: STUDY_RESAMPLES,
  }) ?? {};
  if (oracle === undefined) return [];
  const skip = ({ value, low, high, clusters }: Estimate): Estimate => ({
    value: 1 - value / layerCount,
    low: 1 - high / layerCount,
    high: 1 - low / layerCount,
    clusters,
  });
  const [filled] = armsWith(view, "oracle", { agreement: "first", fill: "project" });
  const blocks = filled === undefined
    ? undefined
    : contrast({ a: [filled], metric: "blocksRun", seed });
  const exact: StudyCell = "100, exact entries";
  return [{
    caption: "Upper bounds: blocks left out by who knows full depth's token beforehand",
    columns: ["oracle", "blocks left out [%] ↑", "agreement [%]"],
    rows: [
      ["O1 first agreement", cell(skip(oracle.first), "percent"), exact],
      ["O2 agreement that lasts", cell(skip(oracle.height), "percent"), exact],
      ...filled === undefined || blocks === undefined ? [] : [[
        "O4 first agreement, entries projected from the exits",
        cell(skip(blocks), "percent"),
        cell(contrast({ a: [filled], metric: "agreement", seed }), "percent"),
      ]],
    ],
  }];
}

/** Real policies and static exits on the same texts. */
function achievedTable(view: RunView): StudyTable {
  const { seed, model: { layerCount } } = view.run.manifest;
  const arms = allArms(view).filter(({ arm }) =>
    arm.role === "policy" && arm.card.deployable !== false && arm.aside !== "control"
  );
  return {
    caption: "What policies that can be deployed really achieve on the same texts",
    columns: ["policy", `blocks run [of ${layerCount}] ↓`, "agreement [%] ↑", "KL [nats/token] ↓"],
    rows: arms.filter(({ lockstep }) => lockstep.length > 0).map((arm) => [
      arm.arm.label,
      cell(contrast({ a: [arm], metric: "blocksRun", seed }), "tenths"),
      cell(contrast({ a: [arm], metric: "agreement", seed }), "percent"),
      cell(contrast({ a: [arm], metric: "kl", seed }), "small"),
    ]),
  };
}

/** What static exits keep of the score, in words. */
function achievedLines(view: RunView): readonly string[] {
  const { layerCount } = view.run.manifest.model;
  return [0.01, 0.05].flatMap((loss) => {
    const found = staticDepth(view.baseline, {
      exits: armsWith(view, "fixed_exit"),
      layerCount,
      loss,
    });
    return found === undefined ? [] : [
      `O3, the lowest static exit that keeps ${percentText(1 - loss)} of the score: height ` +
      `${found.depth} of ${layerCount}, which leaves out ${
        percentText(found.skipRatio)
      } of the blocks.`,
    ];
  });
}
