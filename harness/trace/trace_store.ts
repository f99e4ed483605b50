/**
 * What a trace is: one manifest, and one row per item with columns of numbers.
 *
 * A traced item has P positions, one per predicted token: position i is read at
 * the row that predicts target token i, so row 0 is the last one of the prompt.
 * Columns are [P, heights] row-major, heights ascending and below L.
 *
 * @module
 */
import type { BackendInfo } from "../contract/backend.ts";
import type { ModelInfo } from "../contract/model.ts";
import type { Limits } from "../contract/policy.ts";
import type { SuiteUse } from "../contract/record.ts";
import type { TracedMeasure, TracedSignal } from "./traced_signal.ts";

/** Raised with every incompatible change of manifest or rows. */
export const TRACE_SCHEMA = 1;

/** Whose text the positions are. */
export type TraceText =
  /** The suite's targets. */
  | { readonly kind: "target" }
  /** What an arm emitted when it ran freely. */
  | { readonly kind: "free"; readonly arm: string; readonly digest: string };

/** Everything that affects a trace. */
export interface TraceManifest {
  /** {@linkcode TRACE_SCHEMA}. */
  readonly schema: number;
  /** Digest of all that follows but the start. */
  readonly digest: string;
  /** Harness version. */
  readonly harness: string;
  /** ISO time at which the trace was first started. */
  readonly started: string;
  /** Seed of items and chance. */
  readonly seed: number;
  /** The model. */
  readonly model: ModelInfo;
  /** Digest of its tokenizer. */
  readonly tokenizer: string;
  /** Digest of the trained parts, where there are any. */
  readonly parts?: string;
  /** The backend. */
  readonly backend: BackendInfo;
  /** Suites. */
  readonly suites: readonly SuiteUse[];
  /** Most tokens of a generation, where a run sets it; the suite's own bound otherwise. */
  readonly maxTokens?: number;
  /** Whose text. */
  readonly text: TraceText;
  /** Heights read, ascending, each in 0..L−1. */
  readonly heights: readonly number[];
  /** Signals read at each, beside the token. */
  readonly signals: readonly TracedSignal[];
  /** Numbers of the target and against full depth. */
  readonly measures: readonly TracedMeasure[];
}

/** One column of an item. */
export type TraceColumn = Float32Array | Int32Array;

/** What identifies an item. */
export interface TracedBase {
  /** Item id; the store's key. */
  readonly item: string;
  /** Suite name. */
  readonly suite: string;
  /** Statistical cluster. */
  readonly group: string;
}

/** An item that was traced. */
export interface TracedItem extends TracedBase {
  /** Tag. */
  readonly outcome: "ok";
  /** Tokens of the prompt, at least one. */
  readonly promptTokens: number;
  /** Bounds that a policy is told. */
  readonly limits: Limits;
  /** Columns by signal key or measure; {@linkcode TOKEN_KEY} is Int32Array, the rest Float32Array. */
  readonly columns: Readonly<Record<string, TraceColumn>>;
  /** The text: tokens predicted [P]. */
  readonly target: Int32Array;
  /** Full depth's greedy token [P]. */
  readonly finalToken: Int32Array;
  /** Full depth's logit margin [P]. */
  readonly finalMargin: Float32Array;
  /** −ln p of the target at full depth [P], where `nll` is asked; else empty. */
  readonly finalNll: Float32Array;
}

/** An item that could not be traced. */
export interface UntracedItem extends TracedBase {
  /** Tag: the model cannot hold it, or it raised an error. */
  readonly outcome: "skipped" | "failed";
  /** One sentence. */
  readonly reason: string;
}

/** One row of a trace. */
export type TraceRow = TracedItem | UntracedItem;

/** Where a trace goes. Each append is durable when it resolves. */
export interface TraceStore {
  /** Starts or resumes a trace; throws `InputError` when the stored manifest's digest differs. */
  open(manifest: TraceManifest): Promise<void> | void;
  /** Ids of items that are done. */
  done(): ReadonlySet<string>;
  /** Adds one row; the same item again replaces it. */
  append(row: TraceRow): Promise<void> | void;
  /** The manifest. Throws `InputError` when there is no trace. */
  manifest(): Promise<TraceManifest> | TraceManifest;
  /** Rows, in the order of their items' ids. */
  rows(): AsyncIterable<TraceRow> | Iterable<TraceRow>;
  /** Ends the use of the store. */
  close(): void;
}
