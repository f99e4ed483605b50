/**
 * The sequence oracle: one depth per sequence, chosen with hindsight under a
 * budget. An upper bound that no deployable policy is held to.
 *
 *     maximise Σ_n s[n][b_n]   subject to   Σ_n cost(b_n) ≤ C        exact
 *     best[n][c] = max over b with cost(b) ≤ c of best[n−1][c − cost(b)] + s[n][b]
 *
 * s[n][b] is the score of sequence n run wholly at depth b; best[0][c] is 0. Costs
 * are whole numbers, such as blocks, and are divided by their greatest common
 * divisor. Every sequence weighs the same, however long. Ties within 1e-12 go
 * to the cheaper depth. Time is sequences × capacity × depths, memory
 * sequences × capacity bytes.
 *
 * The choice picks on noise as well as on difficulty: report it beside the null
 * of {@linkcode nullScores} and score it by a second sample ({@linkcode scoreOf}).
 *
 * Source: Glavas et al. 2024, arXiv:2410.20022. Its release clamps negative
 * remainders and gives the first sequence the whole budget; this does not.
 *
 * @module
 */
import { sum } from "../numerics/moments.ts";
import { createRandom } from "../numerics/random.ts";

/** Scores of every sequence at every depth. */
export interface DepthScores {
  /** Cost of each depth, positive whole numbers, ascending. */
  readonly costs: readonly number[];
  /** [sequences][depths]: scores of whole outputs. */
  readonly scores: readonly (readonly number[])[];
}

/** The best choice at one capacity. */
export interface OracleChoice {
  /** Sum of costs that may be spent. */
  readonly capacity: number;
  /** Sum of costs that is spent. */
  readonly cost: number;
  /** Σ of the scores chosen. */
  readonly value: number;
  /** Index of the depth of each sequence. */
  readonly depths: readonly number[];
}

/** Sums of scores that are closer count as equal. */
const TIE = 1e-12;
/** Most bytes that the choices of all sequences may take. */
const MOST_CELLS = 2 ** 28;

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** Costs in units of their greatest common divisor. */
function unitsOf({ costs, scores }: DepthScores): {
  readonly unit: number;
  readonly units: readonly number[];
} {
  if (
    costs.length === 0 || costs.length > 255 ||
    costs.some((cost, b) => !Number.isSafeInteger(cost) || cost <= (costs[b - 1] ?? 0))
  ) {
    throw new RangeError(
      `Cannot choose depths: expected 1 to 255 costs, positive whole numbers, ascending: they ` +
        `are [${costs.join(",")}]`,
    );
  }
  const wrong = scores.findIndex((row) => row.length !== costs.length || row.some(Number.isNaN));
  if (wrong >= 0) {
    throw new RangeError(
      `Cannot choose depths: expected ${costs.length} scores of sequence ${wrong}: they are ` +
        `[${scores[wrong]!.join(",")}]`,
    );
  }
  const unit = costs.reduce(divisor);
  return { unit, units: costs.map((cost) => cost / unit) };
}

/** Everything up to one capacity: values by units spent at most, and the depths chosen. */
class Table {
  readonly #units: readonly number[];
  readonly #width: number;
  readonly #choices: Uint8Array;
  /** [capacity in units + 1]; −∞ where nothing fits. */
  readonly values: Float64Array;

  constructor(
    scores: DepthScores["scores"],
    { units, capacity }: { readonly units: readonly number[]; readonly capacity: number },
  ) {
    const width = capacity + 1;
    if (scores.length * width > MOST_CELLS) {
      throw new RangeError(
        `Cannot choose depths of ${scores.length} sequences: expected at most ${MOST_CELLS} ` +
          `sequences × units of cost: they are ${scores.length * width}: take fewer sequences, ` +
          `or depths with a larger common divisor`,
      );
    }
    this.#units = units;
    this.#width = width;
    this.#choices = new Uint8Array(scores.length * width);
    let before = new Float64Array(width);
    let now = new Float64Array(width);
    scores.forEach((row, n) => {
      now.fill(-Infinity);
      for (let c = 0; c < width; c++) {
        for (let b = 0; b < units.length && units[b]! <= c; b++) {
          const value = before[c - units[b]!]! + row[b]!;
          if (!(value > now[c]! + TIE)) continue;
          now[c] = value;
          this.#choices[n * width + c] = b;
        }
      }
      [before, now] = [now, before];
    });
    this.values = before;
  }

  /** The depths chosen at `capacity` units. */
  depths(capacity: number): readonly number[] {
    const depths: number[] = [];
    let left = capacity;
    for (let n = this.#choices.length / this.#width - 1; n >= 0; n--) {
      const b = this.#choices[n * this.#width + left]!;
      depths.push(b);
      left -= this.#units[b]!;
    }
    return depths.reverse();
  }
}

/** The best choice within a capacity; `undefined` when not even the cheapest depths fit. */
export function sequenceOracle(
  table: DepthScores,
  capacity: number,
): OracleChoice | undefined {
  const { unit, units } = unitsOf(table);
  const most = units.at(-1)! * table.scores.length;
  const spendable = Math.min(most, Math.floor(capacity / unit));
  if (!(spendable >= units[0]! * table.scores.length)) return undefined;
  const solved = new Table(table.scores, { units, capacity: spendable });
  const depths = solved.depths(spendable);
  return {
    capacity,
    cost: sum(depths.map((b) => table.costs[b]!)),
    value: solved.values[spendable]!,
    depths,
  };
}

/** A point of the curve of {@linkcode oracleCurve}. */
export interface OraclePoint {
  /** Sum of costs that may be spent. */
  readonly capacity: number;
  /** Best Σ of scores. */
  readonly value: number;
}

/** The best value at every capacity, from the cheapest depths to the dearest, in steps of a unit. */
export function oracleCurve(table: DepthScores): readonly OraclePoint[] {
  const { unit, units } = unitsOf(table);
  const count = table.scores.length;
  const capacity = units.at(-1)! * count;
  const { values } = new Table(table.scores, { units, capacity });
  const points: OraclePoint[] = [];
  for (let c = units[0]! * count; c <= capacity; c++) {
    points.push({ capacity: c * unit, value: values[c]! });
  }
  return points;
}

/** The smallest capacity whose best value reaches Σ of the dearest depth's scores. */
export function oracleAnchor(table: DepthScores): OraclePoint {
  const full = sum(table.scores.map((row) => row.at(-1)!));
  return oracleCurve(table).find(({ value }) => value >= full - TIE * table.scores.length)!;
}

/** Σ of the scores that a choice has in another sample: what of it is no noise. */
export function scoreOf(depths: readonly number[], scores: DepthScores["scores"]): number {
  return sum(scores.map((row, n) => row[depths[n]!]!));
}

/** What sequences without any difficulty of their own look like. */
export interface NullRequest {
  /** Mean score of each depth. */
  readonly means: readonly number[];
  /** Standard deviation of a score over sequences. */
  readonly deviation: number;
  /** Correlation of a sequence's scores at two depths, in [0, 1]. */
  readonly correlation: number;
  /** Sequences. */
  readonly count: number;
  /** Seed of the draws. */
  readonly seed: number;
}

/**
 * Normal scores with the given means, equally correlated between any two depths:
 * mean_b + deviation (√ρ z_n + √(1 − ρ) z_nb). What the oracle gains on these it
 * gains by selection alone.
 */
export function nullScores(request: NullRequest): DepthScores["scores"] {
  const { means, deviation, correlation, count, seed } = request;
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const shared = Math.sqrt(correlation) * random.normal();
    return means.map((mean) =>
      mean + deviation * (shared + Math.sqrt(1 - correlation) * random.normal())
    );
  });
}
