/**
 * ConfLayers' choice of blocks: skip those whose updates are less peaked over the
 * features than their neighbours'.
 *
 *     conf(X) = 1 − mean_t H(softmax X_t) / ln D       c_i = conf(attention) + conf(MLP)
 *     z = (c − mean c) / (std c + 1e−6)
 *     window of i: wider where z bends and higher up    (see `windows`)
 *     skip i  iff  z_i < mean(neighbours) − λ · std(neighbours)
 *
 * Source: Amer et al. 2026, arXiv:2604.14612, released code.
 *
 * @module
 */

/** Confidence from a mean feature entropy in nats over D features; 0 for one feature. */
export function confidenceOf(entropy: number, features: number): number {
  return features > 1 ? 1 - entropy / Math.log(features) : 0;
}

/** Arithmetic mean; NaN of no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

/** Standard scores, population deviation. */
export function standardScores(values: readonly number[]): readonly number[] {
  const centre = mean(values);
  const spread = deviation(values) + 1e-6;
  return values.map((value) => (value - centre) / spread);
}

/** Gradient: central differences inside, one-sided at the ends. */
export function gradient(values: readonly number[]): readonly number[] {
  const last = values.length - 1;
  if (last < 1) return values.map(() => 0);
  return values.map((value, i) => {
    if (i === 0) return values[1]! - value;
    if (i === last) return value - values[last - 1]!;
    return (values[i + 1]! - values[i - 1]!) / 2;
  });
}

/** Scales to [0, 1] and moves the mean to one half without leaving it; all one half when flat. */
function balanced(values: readonly number[]): readonly number[] {
  const low = Math.min(...values);
  const range = Math.max(...values) - low;
  if (range === 0) return values.map(() => 0.5);
  const scaled = values.map((value) => (value - low) / (range + 1e-8));
  const mu = mean(scaled);
  const above = Math.max(...scaled) - mu;
  const below = mu - Math.min(...scaled);
  const slope = Math.min(0.5 / above, 0.5 / below);
  return scaled.map((value) => Math.min(1, Math.max(0, slope * value + 0.5 - slope * mu)));
}

/** Neighbourhood sizes of the candidates, from the bends of their scores. */
export function windows(scores: readonly number[], layerCount: number): readonly number[] {
  const bends = gradient(gradient(scores));
  const plateau = bends.findIndex((bend) => bend !== bends[0]);
  const amplitude = 5 * (plateau < 0 ? bends.length : plateau);
  return balanced(bends).map((y, k) => 2 + Math.trunc(amplitude * y * (k + 1) / layerCount));
}

/** Blocks to skip, of candidates 1..L−2 with the given confidences. */
export function lessPeaked(
  confidences: readonly number[],
  { slack, layerCount }: { readonly slack: number; readonly layerCount: number },
): readonly number[] {
  if (confidences.length < 2 || confidences.every((value) => value === confidences[0])) return [];
  const z = standardScores(confidences);
  const sizes = windows(z, layerCount);
  const skipped: number[] = [];
  z.forEach((value, k) => {
    const half = Math.floor(sizes[k]! / 2);
    const near = [...z.slice(Math.max(0, k - half), k), ...z.slice(k + 1, k + half + 1)];
    if (value < mean(near) - slack * deviation(near)) skipped.push(k + 1);
  });
  return skipped;
}
