/**
 * Block influence: how much each block turns the residual stream.
 *
 *     cosine     BI_l = 1 − mean over tokens of cos(h_l, h_{l+1})        in [0, 2]
 *     angular    BI_l = mean over tokens of acos(cos(h_l, h_{l+1})) / π  in [0, 1]
 *
 * h_l is the raw stream that enters block l, h_{l+1} the one that leaves it; the
 * last one is taken before the final norm (the authors' code takes it after).
 * Where a state is zero its cosine counts as 0.5, as in that code. Sums run in
 * f64, token by token, over as many texts as are added.
 *
 * Source: Men et al. 2024, arXiv:2403.03853; "angular": Gromov et al. 2024,
 * arXiv:2403.17887.
 *
 * @module
 */
import { dot, norm } from "../numerics/vector.ts";

/** How a turn is measured. */
export type InfluenceMetric = "cosine" | "angular";

/** Sums over the tokens added so far. */
export interface InfluenceSums {
  /** How turns are measured. */
  readonly metric: InfluenceMetric;
  /** Σ of the turns of each block, [layerCount]. */
  readonly sums: Float64Array;
  /** Tokens added. */
  readonly tokens: number;
}

/** Nothing added yet. */
export function noInfluence(
  layerCount: number,
  metric: InfluenceMetric = "cosine",
): InfluenceSums {
  return { metric, sums: new Float64Array(layerCount), tokens: 0 };
}

function turn(a: Float32Array, b: Float32Array, metric: InfluenceMetric): number {
  const scale = norm(a) * norm(b);
  const cosine = scale === 0 ? 0.5 : Math.min(1, Math.max(-1, dot(a, b) / scale));
  return metric === "cosine" ? 1 - cosine : Math.acos(cosine) / Math.PI;
}

/** What one text is. */
export interface InfluenceText {
  /** States at the heights 0..L, each [tokens, dModel]. */
  readonly states: readonly Float32Array[];
  /** Width of a state. */
  readonly dModel: number;
  /** First position counted: 1 leaves out the first token, whose state hardly turns. */
  readonly from?: number;
}

/** The sums with one text added. */
export function addInfluence(
  before: InfluenceSums,
  { states, dModel, from = 0 }: InfluenceText,
): InfluenceSums {
  const { metric } = before;
  const sums = before.sums.slice();
  const length = states[0]!.length / dModel;
  for (let l = 0; l < sums.length; l++) {
    for (let t = from; t < length; t++) {
      const row = (h: Float32Array) => h.subarray(t * dModel, (t + 1) * dModel);
      sums[l] = sums[l]! + turn(row(states[l]!), row(states[l + 1]!), metric);
    }
  }
  return { metric, sums, tokens: before.tokens + Math.max(0, length - from) };
}

/** Influence of each block; NaN while no token was added. */
export function blockInfluence({ sums, tokens }: InfluenceSums): readonly number[] {
  return Array.from(sums, (sum) => sum / tokens);
}
