/**
 * Trained parts that policies use beside the frozen model: probes and exit heads.
 *
 * @module
 */

/** Element-wise functions of a network. */
export type Activation = "relu" | "silu" | "gelu" | "sigmoid" | "softmax";

/** One step of a small network, applied in order to a vector. */
export type NetworkStep =
  /** y = W x + b; `weight` [outputs, inputs] row-major, `bias` [outputs]. */
  | {
    readonly kind: "linear";
    readonly weight: Float32Array;
    readonly bias: Float32Array | undefined;
    readonly outputs: number;
  }
  /** y = x · weight / sqrt(mean(x²) + epsilon). */
  | { readonly kind: "rmsNorm"; readonly weight: Float32Array; readonly epsilon: number }
  | { readonly kind: "activation"; readonly activation: Activation }
  /** y = x + up (down x); `down` [rank, inputs], `up` [inputs, rank]. */
  | {
    readonly kind: "residualLowRank";
    readonly down: Float32Array;
    readonly up: Float32Array;
    readonly rank: number;
  };

/** A trained network read as a signal. */
export interface Probe {
  /** Name by which signals call it. */
  readonly name: string;
  /** Its steps; the input is the residual state [dModel]. */
  readonly steps: readonly NetworkStep[];
  /** Length of its output. */
  readonly outputs: number;
}

/** A trained exit head: steps (its norm included), then an unembedding. */
export interface ExitHead {
  /** Name by which readouts call it. */
  readonly name: string;
  /** Steps from the residual state [dModel] to the unembedding's input [dModel]. */
  readonly steps: readonly NetworkStep[];
  /** The model's own unembedding, or a matrix [vocabSize, dModel]. */
  readonly unembedding: "shared" | Float32Array;
}

/** Parts opened with a model. */
export interface TrainedParts {
  /** Digest of the file they come from: `"sha256:…"`. */
  readonly digest: string;
  /** Networks read as signals. */
  readonly probes: readonly Probe[];
  /** Exit heads. */
  readonly heads: readonly ExitHead[];
}
