/**
 * Draws of clusters, and of observations inside them, for the bootstrap of
 * {@linkcode studentise}: totals [clusters, columns].
 *
 * @module
 */
import { createRandom } from "../numerics/random.ts";
import type { ClusteredSample } from "./bootstrap.ts";

/** What is drawn from. */
export interface DrawnSample extends Pick<ClusteredSample, "starts" | "inside"> {
  /** Numbers of the observations, one array per number. */
  readonly columns: readonly ArrayLike<number>[];
}

/** Fills totals, allocating nothing. */
export interface Draw {
  /** Writes each cluster's totals. */
  original(into: Float64Array): void;
  /** Writes the totals of drawn clusters. */
  resample(into: Float64Array): void;
}

/** The draws of a sample; equal seeds and clusters give equal draws. */
export function createDraw({ starts, inside, columns }: DrawnSample, seed: number): Draw {
  const clusters = starts.length - 1;
  const observations = starts[clusters]!;
  const width = columns.length;
  const values = new Float64Array(observations * width); // [observations, columns]
  columns.forEach((column, v) => {
    for (let k = 0; k < observations; k++) values[k * width + v] = column[k]!;
  });
  const totals = new Float64Array(clusters * width);
  for (let c = 0; c < clusters; c++) {
    for (let k = starts[c]!; k < starts[c + 1]!; k++) {
      for (let v = 0; v < width; v++) totals[c * width + v]! += values[k * width + v]!;
    }
  }
  const random = createRandom(seed);
  const within = inside === "resampled" && observations > clusters;
  const perNumber = Float64Array.from(
    { length: clusters },
    (_, c) => drawsPerNumber(starts[c + 1]! - starts[c]!),
  );

  const drawClusters = (into: Float64Array): void => {
    for (let i = 0; i < clusters; i++) {
      const from = Math.floor(random.uniform() * clusters) * width;
      for (let v = 0; v < width; v++) into[i * width + v] = totals[from + v]!;
    }
  };
  const drawBlocks = (into: Float64Array): void => {
    into.fill(0);
    for (let i = 0; i < clusters; i++) {
      const c = Math.floor(random.uniform() * clusters);
      const first = starts[c]!, length = starts[c + 1]! - first;
      let rest = 0;
      for (let j = 0; j < length; j++) {
        if (j % perNumber[c]! === 0) rest = random.uniform();
        rest *= length; // exact: the next digit of the number in base `length`
        const digit = Math.floor(rest);
        rest -= digit;
        const from = (first + digit) * width;
        for (let v = 0; v < width; v++) into[i * width + v]! += values[from + v]!;
      }
    }
  };
  return { original: (into) => into.set(totals), resample: within ? drawBlocks : drawClusters };
}

/** Indices below `length` that one number of 32 random bits yields with at least 16 to spare. */
function drawsPerNumber(length: number): number {
  return Math.max(1, Math.floor(16 / Math.log2(length)));
}
