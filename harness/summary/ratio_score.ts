/**
 * Value and standard error of one ratio of totals over clusters: the inner loop
 * of {@linkcode bootstrapRatios}, whose header has the formulas.
 *
 * @module
 */

/** A statistic and its standard error; the object is reused by the next call. */
export interface Score {
  /** R, or ln R. */
  value: number;
  /** Its standard error; NaN for one cluster. */
  standardError: number;
}

/** Where the statistic lies in a row of totals. */
export interface ScoreLayout {
  /** Number of clusters. */
  readonly clusters: number;
  /** Numbers per cluster. */
  readonly width: number;
  /** Column of the numerators. */
  readonly top: number;
  /** Column of the denominators. */
  readonly bottom: number;
}

/** A function from totals [clusters, width] to the statistic. It allocates nothing. */
export function createRatioScorer(
  scale: "linear" | "log",
  { clusters, width, top, bottom }: ScoreLayout,
): (totals: Float64Array) => Score {
  const score: Score = { value: NaN, standardError: NaN };
  const left = new Float64Array(clusters); // leave-one-out values

  const linear = (totals: Float64Array, numerator: number, denominator: number): void => {
    const ratio = numerator / denominator;
    let squares = 0;
    for (let c = 0; c < clusters; c++) {
      squares += (totals[c * width + top]! - ratio * totals[c * width + bottom]!) ** 2;
    }
    score.value = ratio;
    score.standardError = Math.sqrt(squares * clusters / (clusters - 1)) / denominator;
  };
  const log = (totals: Float64Array, numerator: number, denominator: number): void => {
    let centre = 0;
    for (let c = 0; c < clusters; c++) {
      left[c] = Math.log(
        (numerator - totals[c * width + top]!) / (denominator - totals[c * width + bottom]!),
      );
      centre += left[c]! / clusters;
    }
    let squares = 0;
    for (let c = 0; c < clusters; c++) squares += (left[c]! - centre) ** 2;
    score.value = Math.log(numerator / denominator);
    score.standardError = Math.sqrt((squares * (clusters - 1)) / clusters);
  };

  return (totals) => {
    let numerator = 0, denominator = 0;
    for (let row = 0; row < totals.length; row += width) {
      numerator += totals[row + top]!;
      denominator += totals[row + bottom]!;
    }
    if (scale === "log") log(totals, numerator, denominator);
    else linear(totals, numerator, denominator);
    return score;
  };
}
