/**
 * What signals must be, computed from logits in f64 by the shortest way there.
 *
 * Written apart from the reductions that backends share, so that one mistake is
 * not made twice.
 *
 * @module
 */

/** Probabilities of logits divided by `temperature`. */
export function lawOf(logits: ArrayLike<number>, temperature = 1): readonly number[] {
  const scaled = Array.from(logits, (z) => z / temperature);
  const top = Math.max(...scaled);
  const weights = scaled.map((z) => Math.exp(z - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Indices from the largest value to the smallest, lower indices first on ties. */
export function ranking(values: ArrayLike<number>): readonly number[] {
  return Array.from(values, (_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
}

/** The five readout signals of logits. */
export function readoutSignals(logits: ArrayLike<number>): {
  readonly token: number;
  readonly top1: number;
  readonly margin: number;
  readonly logitMargin: number;
  readonly entropy: number;
} {
  const law = lawOf(logits);
  const [first, second] = ranking(logits) as [number, number | undefined];
  return {
    token: first,
    top1: law[first]!,
    margin: second === undefined ? 1 : law[first]! - law[second]!,
    logitMargin: second === undefined ? Infinity : logits[first]! - logits[second]!,
    entropy: -law.reduce((sum, p) => p > 0 ? sum + p * Math.log(p) : sum, 0),
  };
}

/** KL(p ‖ q) in nats of two vectors of logits. */
export function divergence(p: ArrayLike<number>, q: ArrayLike<number>): number {
  const [lawP, lawQ] = [lawOf(p), lawOf(q)];
  return lawP.reduce((sum, each, i) => each > 0 ? sum + each * Math.log(each / lawQ[i]!) : sum, 0);
}

/** Cosine of two vectors, each less its mean when `centred`; 0 when one vanishes. */
export function cosineOf(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { centred = false }: { readonly centred?: boolean } = {},
): number {
  const less = (x: ArrayLike<number>): readonly number[] => {
    const list = Array.from(x);
    const mean = centred ? list.reduce((sum, each) => sum + each, 0) / list.length : 0;
    return list.map((each) => each - mean);
  };
  const [u, v] = [less(a), less(b)];
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, each, i) => sum + each * y[i]!, 0);
  const scale = Math.sqrt(dot(u, u) * dot(v, v));
  return scale === 0 ? 0 : dot(u, v) / scale;
}

/** The law of a sampler: the likeliest `topK`, of these the fewest that hold `topP` of their mass. */
export function sampledLaw(
  logits: ArrayLike<number>,
  { temperature, topK, topP }: {
    readonly temperature: number;
    readonly topK?: number | undefined;
    readonly topP?: number | undefined;
  },
): readonly number[] {
  const law = lawOf(logits, temperature);
  const likeliest = ranking(law).slice(0, topK ?? law.length);
  const kept = new Set<number>();
  const total = likeliest.reduce((sum, i) => sum + law[i]!, 0);
  let mass = 0;
  for (const i of likeliest) {
    if (mass >= (topP ?? Infinity) * total) break;
    kept.add(i);
    mass += law[i]!;
  }
  return law.map((p, i) => kept.has(i) ? p / mass : 0);
}
