/**
 * The Early-exit Adaptability Score (EAS) of full depth read through the logit lens.
 *
 *     S_h = mean over positions of a similarity of the readouts at h and L
 *     A_h = max(0, S_h)^α · ((L − h) / L)^(1 − α)          h = 1..L − 1
 *     EAS = mean_h A_h            ceiling = the same with every S_h = 1
 *
 * Similarities: cosine of logits (the paper's), of centred logits, of residual
 * states, and the share of equal greedy tokens. The clamp, the range of h and
 * α = 0.5 are ours: the paper's text was not available. The interval is that of
 * 2000 resamples of whole documents (percentiles).
 *
 * Source: Wei et al. 2026, arXiv:2603.23701.
 *
 * @module
 */
import type { Lens, LockstepRecord } from "../../contract/record.ts";
import type { Estimate } from "../../contract/summary.ts";
import { quantileOfSorted } from "../../numerics/quantile.ts";
import { createRandom } from "../../numerics/random.ts";
import { clusterBy, purposeSeed } from "../clusters.ts";
import { STUDY_RESAMPLES } from "./contrast.ts";

/** Similarities of a height's readout to the top's. */
export type Similarity = "cosine" | "centred" | "state" | "agree";

/** EAS of mean similarities S_0..S_L. */
export function adaptability(similarities: readonly number[], alpha: number): number {
  const top = similarities.length - 1;
  let sum = 0;
  for (let h = 1; h < top; h++) {
    sum += Math.max(0, similarities[h]!) ** alpha * ((top - h) / top) ** (1 - alpha);
  }
  return sum / (top - 1);
}

/** The highest EAS that a model of `layerCount` blocks can have. */
export function adaptabilityCeiling(layerCount: number, alpha: number): number {
  return adaptability(new Array<number>(layerCount + 1).fill(1), alpha);
}

/** What is summed up. */
export interface LensRequest {
  /** The similarity. */
  readonly similarity: Similarity;
  /** Whether against other positions of the same text: the control. */
  readonly shuffled?: boolean;
  /** Seed of the run. */
  readonly seed: number;
}

function sumsOf(lens: Lens, { similarity, shuffled }: LensRequest): readonly number[] {
  if (shuffled === true && similarity !== "state") return lens.shuffled[similarity];
  return lens[similarity];
}

function positionsOf(lens: Lens, { shuffled }: LensRequest): number {
  return shuffled === true ? lens.shuffled.positions : lens.positions;
}

/** Mean similarity at the heights 0..L over some texts. */
export function meanSimilarities(lenses: readonly Lens[], request: LensRequest): readonly number[] {
  const count = lenses.reduce((sum, lens) => sum + positionsOf(lens, request), 0);
  const heights = lenses[0]!.agree.map((_, height) => height);
  return heights.map((h) =>
    lenses.reduce((sum, lens) => sum + sumsOf(lens, request)[h]!, 0) / count
  );
}

/** A number made of mean similarities, with its interval over documents. */
export function lensEstimate(
  records: readonly LockstepRecord[],
  { request, of }: {
    readonly request: LensRequest;
    of(similarities: readonly number[]): number;
  },
): Estimate | undefined {
  const read = records.filter(({ lens }) => lens !== undefined && positionsOf(lens, request) > 0);
  if (read.length === 0) return undefined;
  const { values, starts } = clusterBy(read, ({ suite, group }) => `${suite}/${group}`);
  const lenses = values.map(({ lens }) => lens!);
  const value = of(meanSimilarities(lenses, request));
  const clusters = starts.length - 1;
  if (clusters < 2) return { value, low: NaN, high: NaN, clusters };
  const random = createRandom(purposeSeed(request.seed, "lens", request.similarity));
  const drawn = new Float64Array(STUDY_RESAMPLES);
  for (let b = 0; b < STUDY_RESAMPLES; b++) {
    const sample: Lens[] = [];
    for (let i = 0; i < clusters; i++) {
      const c = random.int(clusters);
      for (let k = starts[c]!; k < starts[c + 1]!; k++) sample.push(lenses[k]!);
    }
    drawn[b] = of(meanSimilarities(sample, request));
  }
  drawn.sort();
  return {
    value,
    low: quantileOfSorted(drawn, 0.025),
    high: quantileOfSorted(drawn, 0.975),
    clusters,
  };
}
