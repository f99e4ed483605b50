/**
 * Signals: the closed set of primitives that every backend reduces on its own
 * device and the ledger prices.
 *
 * A policy declares which it wants ({@linkcode SignalDeclaration}); the decode
 * loop turns the declarations into {@linkcode SignalRequest}s on marks.
 *
 * @module
 */

/** Rows of the open step, by index in the order in which they were added. */
export type RowSet = ArrayLike<number>;

/** A snapshot of the residual states of some rows, pooled, valid until the step's commit. */
export interface HiddenMark {
  /** Handle of the snapshot inside its step. */
  readonly mark: number;
}

/** A per-row subset of the vocabulary, valid until the step's commit. */
export interface VocabularySubset {
  /** Handle of the subset inside its step. */
  readonly subset: number;
  /** Tokens kept per row. */
  readonly size: number;
}

/** A token that may still lie on the device; valid until the next step's commit. */
export interface TokenRef {
  /** Handle of the token. */
  readonly ref: number;
}

/** Which state is read out, by which head, over which vocabulary. */
export interface Readout {
  /** `"shared"` is the model's final norm and unembedding; else the name of a trained head. */
  readonly head: string;
  /** State that is read: a mark, or the row's current state when absent. */
  readonly mark?: HiddenMark | undefined;
  /** Tokens that take part; probabilities are renormalised over them. All when absent. */
  readonly vocabulary?: VocabularySubset | undefined;
}

/** The model's own head on the row's current state, over the whole vocabulary. */
export const SHARED_READOUT: Readout = { head: "shared" };

/**
 * Numbers reduced from one readout. `token`: argmax, lowest id on ties.
 * `top1`: largest probability. `margin`: largest minus second probability.
 * `logitMargin`: the same of logits. `entropy`: nats.
 */
export type ReadoutSignal = "token" | "top1" | "margin" | "logitMargin" | "entropy";

/** Numbers reduced from two states `a` and `b` of a row. */
export type StateSignal =
  /** a·b / (‖a‖ ‖b‖); 0 when a norm is 0. */
  | "cosine"
  /** ‖b − a‖ / ‖a‖. */
  | "relativeNorm"
  /** Entropy in nats of softmax(b − a) over the features. */
  | "featureEntropy";

/** What a step is asked to reduce. States are marks or, when absent, the current state. */
export type SignalRequest =
  | { readonly kind: "readout"; readonly signal: ReadoutSignal; readonly readout: Readout }
  /** KL(p ‖ q) in nats of the laws of two readouts. */
  | { readonly kind: "kl"; readonly p: Readout; readonly q: Readout }
  /** Cosine of the logits of two readouts, raw or after subtracting each one's mean. */
  | {
    readonly kind: "logitCosine";
    readonly a: Readout;
    readonly b: Readout;
    readonly centred: boolean;
  }
  | {
    readonly kind: "state";
    readonly signal: StateSignal;
    readonly a: HiddenMark | undefined;
    readonly b: HiddenMark | undefined;
  }
  /** A trained network on a state, its whole output vector. */
  | {
    readonly kind: "probe";
    readonly probe: string;
    readonly mark?: HiddenMark | undefined;
    /** Mean of the states over groups of rows first; each row then gets its group's output. */
    readonly groups?: readonly RowSet[] | undefined;
  };

/**
 * Reduced signals, a view owned by the session and valid until its next call.
 * Request i stores row r at `values[offsets[i] + r * widths[i]]`, rows in the
 * order of the row set.
 */
export interface Signals {
  /** All values, request after request. Token ids are exact. */
  readonly values: Float32Array;
  /** Start of each request in `values`. */
  readonly offsets: ArrayLike<number>;
  /** Numbers per row of each request: 1, or a probe's output count. */
  readonly widths: ArrayLike<number>;
}

/** Which earlier state of the same row a state signal compares with. */
export type Against =
  /** The state one block lower. */
  | "previous_block"
  /** The state at the previous height at which the policy was asked; the embedding before the first. */
  | "previous_check"
  /** The embedding, height 0. */
  | "embedding";

/** A signal as a policy declares it, under the name by which `point.signals` holds it. */
export type SignalDeclaration =
  | {
    readonly name: string;
    readonly kind: "readout";
    readonly signal: ReadoutSignal;
    /** `"shared"`, or the name of a trained head. */
    readonly head: string;
    /** Whether each height has a head of its own: see {@linkcode partName}. */
    readonly perHeight?: true;
  }
  | {
    readonly name: string;
    readonly kind: "state";
    readonly signal: StateSignal;
    readonly against: Against;
  }
  | {
    readonly name: string;
    readonly kind: "probe";
    /** Name of the trained network. */
    readonly probe: string;
    /** Which of its outputs. */
    readonly output: number;
    /** Whether each height has a network of its own: see {@linkcode partName}. */
    readonly perHeight?: true;
  };

/**
 * Name of the trained part that a declaration means at a height: the name itself,
 * or `"<name>.<height>"` where each height has a part of its own.
 *
 * @example
 * ```ts
 * import { partName } from "@depthbench/depthbench/contract";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(partName("calm", { height: 3 }), "calm");
 * assertEquals(partName("valade", { height: 3, perHeight: true }), "valade.3");
 * ```
 */
export function partName(
  name: string,
  { height, perHeight }: { readonly height: number; readonly perHeight?: true | undefined },
): string {
  return perHeight === true ? `${name}.${height}` : name;
}

/** Signals that can be declared by name alone, with the usual meaning. */
export type SignalName = ReadoutSignal | StateSignal;

/** Declarations of signals by name: the shared head, and the state one block lower. */
export function declareSignals(
  ...names: readonly SignalName[]
): readonly SignalDeclaration[] {
  return names.map((name) =>
    name === "cosine" || name === "relativeNorm" || name === "featureEntropy"
      ? { name, kind: "state", signal: name, against: "previous_block" }
      : { name, kind: "readout", signal: name, head: "shared" }
  );
}
