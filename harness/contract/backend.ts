/**
 * The `DecoderStep` contract: what a backend gives to the decode loop.
 *
 * A session holds slots (sequences, each with its own KV cache). A step moves
 * rows (positions) up the residual stream. A row's height is the number of
 * blocks that it has passed: 0 is the embedding, l + 1 after block l, L the
 * top. Only `read…` may wait for a device.
 *
 * Blocks may be run in any order, repeatedly and by parts; rows of one step may
 * take different paths and stand at different heights. Within one step, at each
 * block, the loop first fills the entries of the rows that skip it and then
 * runs the rows that run it, so that a batch over positions equals decoding
 * them one by one.
 *
 * @module
 */
import type { Checkpoint, ModelInfo } from "./model.ts";
import type { TrainedParts } from "./parts.ts";
import type {
  HiddenMark,
  Readout,
  RowSet,
  SignalRequest,
  Signals,
  TokenRef,
  VocabularySubset,
} from "./signal.ts";

/** A value, or the promise of one where a device must be waited for. */
export type Awaitable<T> = T | PromiseLike<T>;

/** What a row is for: a prompt position, a generated position, a draft to be verified. */
export type Phase = "prompt" | "decode" | "draft";

/** A position that enters a step. */
export interface Row {
  /** The sequence. */
  readonly slot: number;
  /**
   * Its index in the sequence. New rows of a slot continue its committed length
   * without gaps; a pending row names the position at which it was left.
   */
  readonly position: number;
  /** Input token, a token on the device, or `"pending"` to take up a state left below L. */
  readonly token: number | TokenRef | "pending";
  /** What the row is for. */
  readonly phase: Phase;
}

/** Blocks `from` to `to − 1`. */
export interface Span {
  /** First block, 0-based. */
  readonly from: number;
  /** One past the last block. */
  readonly to: number;
}

/** Which part of a block: both, attention with its residual addition, MLP with its. */
export type Part = "block" | "attention" | "mlp";

/**
 * How the entry of a skipped block is supplied (papers: "KV propagation",
 * "eviction", …). `recompute` writes nothing now: the row stays pending and is
 * run through the missing blocks before a later row needs them.
 */
export type KvFill = "project" | "recompute" | "hole" | "copy" | "none";

/**
 * What `fillKv` writes. `project`: K and V of the row's current state through
 * the block's own norm and projections. `hole`: the position is absent.
 * `copy`: the stored K and V of the last block that the row ran. `none`: the
 * loop has proved that no later row reads the entry; a backend throws when one does.
 */
export type EntryFill = Exclude<KvFill, "recompute">;

/** How a token is drawn. Greedy when absent. */
export interface Sampler {
  /** Divides the logits; > 0. */
  readonly temperature: number;
  /** Keeps the k likeliest tokens; all when absent. */
  readonly topK?: number | undefined;
  /** Keeps the smallest set of likeliest tokens with at least this mass; all when absent. */
  readonly topP?: number | undefined;
  /** Uniform number in [0, 1) of a row, named by its index in the step. */
  uniform(row: number): number;
}

/** Tokens chosen for some rows; views valid until the session's next call. */
export interface TokenChoice {
  /** Chosen token of each row. */
  readonly tokens: Int32Array;
  /** Its log-probability in nats, over the readout's vocabulary, before a sampler's edits. */
  readonly logProbabilities: Float32Array;
  /** Second likeliest token of each row; −1 when the vocabulary has one token. */
  readonly seconds: Int32Array;
  /** Largest minus second largest logit of each row; +∞ when there is no second. */
  readonly logitMargins: Float32Array;
}

/** One comparison of a rule that a device can run: signal against a number. */
export interface DeviceRule {
  /** Height at which it is tested. */
  readonly height: number;
  /** The signal tested. */
  readonly request: SignalRequest;
  /** The comparison. */
  readonly is: ">=" | ">" | "<=" | "<";
  /** The number compared with. */
  readonly value: number;
}

/** Positions moving up the residual stream. One open step per session. */
export interface DecoderStep {
  /** Number of rows added so far. */
  readonly rowCount: number;
  /** Adds rows at height 0, or at the height of their pending state; earlier rows keep theirs. */
  extend(rows: readonly Row[]): RowSet;
  /**
   * Runs a block or consecutive blocks. Each pass of a repeated block has its
   * own KV entries; those of a later pass that a row never ran are holes. At
   * each block the entries of all rows are written before any row attends.
   * Throws `ContractError` when a row would read an entry of a first pass that
   * was never written, or filled with `none`.
   */
  run(blocks: number | Span, part: Part, rows?: RowSet, pass?: number): void;
  /**
   * Runs blocks `span.from` to `span.to − 1`, testing `rules` on the device; a
   * row for which one holds leaves there with `fill`. Decisions come with the
   * next read. Absent where a backend has no control flow of its own; throws
   * `UnsupportedError` for rows, fills and rules that the device cannot take.
   */
  runRules?(span: Span, rules: readonly DeviceRule[], fill: EntryFill, rows?: RowSet): void;
  /**
   * Heights at which the rows of the last `runRules` left, `span.to` for those that
   * did not; known after the next read.
   */
  readonly ruleHeights?: ArrayLike<number>;
  /** Supplies the entries of skipped blocks and moves the rows past them. State stays. */
  fillKv(blocks: number | Span, fill: EntryFill, rows?: RowSet, pass?: number): void;
  /** Reduces signals on the device. */
  readSignals(requests: readonly SignalRequest[], rows?: RowSet): Awaitable<Signals>;
  /** Argmax of one row, left on the device; a row of `extend` or of the next step may name it. */
  pick(readout: Readout, row: number): TokenRef;
  /** Chooses a token for each row. */
  readToken(readout: Readout, rows?: RowSet, sampler?: Sampler): Awaitable<TokenChoice>;
  /** Logits [rows, vocabSize], a view valid until the session's next call. */
  readLogits(readout: Readout, rows?: RowSet): Awaitable<Float32Array>;
  /** Keeps, per row, the k likeliest tokens of a readout; nests in the readout's own subset. */
  selectVocabulary(readout: Readout, k: number, rows?: RowSet): VocabularySubset;
  /** Snapshots the states of rows. */
  mark(rows?: RowSet): HiddenMark;
  /** Puts the marked rows' states and heights back. KV entries stay until overwritten. */
  restore(mark: HiddenMark): void;
  /**
   * Ends the step. `rows` holds, per slot, a prefix of the rows that entered;
   * the others are forgotten with their entries. Kept rows below L stay pending.
   */
  commit(rows?: RowSet): void;
}

/** Bytes that a session holds. */
export interface SessionMemory {
  /** Weights as the backend stores them. */
  readonly weightBytes: number;
  /** Trained parts. */
  readonly partBytes: number;
  /** KV cache. */
  readonly kvBytes: number;
  /** Activations and other scratch. */
  readonly scratchBytes: number;
}

/** What a backend says of itself, for records. */
export interface BackendInfo {
  /** Plugin name. */
  readonly name: string;
  /** Digest or version of its kernels. */
  readonly kernels: string;
  /** What it runs on and with: features, adapter, threads, repacked formats. */
  readonly features: readonly string[];
}

/** A model opened on a backend. */
export interface DecoderSession {
  /** Shapes and identity of the model. */
  readonly model: ModelInfo;
  /** The backend. */
  readonly backend: BackendInfo;
  /** Bytes held now. */
  memory(): SessionMemory;
  /** Opens an empty slot. Throws `RangeError` when `slots` of them are open. */
  newSlot(): number;
  /** Committed length of a slot in tokens. */
  length(slot: number): number;
  /** Starts a step. Throws when one is open, or when a row does not continue its slot. */
  begin(rows: readonly Row[]): DecoderStep;
  /** A new slot with the same entries, presence and pending states. */
  fork(slot: number): number;
  /** Drops entries and pending states at positions ≥ length. */
  truncate(slot: number, length: number): void;
  /** Closes a slot. */
  release(slot: number): void;
  /** Frees everything. The session must not be used afterwards. */
  close(): void;
}

/** How a session is opened. */
export interface OpenOptions {
  /** Slots that may be open at once. */
  readonly slots: number;
  /** Longest sequence of a slot in tokens, at most the model's context. */
  readonly context: number;
  /** Trained parts to load. */
  readonly parts?: TrainedParts | undefined;
  /** Worker threads; the backend's own choice when absent. */
  readonly threads?: number | undefined;
  /** Full-precision activations where a backend would round them. */
  readonly exact?: boolean | undefined;
}

/** A backend as a plugin. Importing it costs nothing; `open` loads what it needs. */
export interface BackendPlugin {
  /** Unique name. */
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Opens a model. Throws `UnsupportedError` when this machine or model cannot be served. */
  open(model: Checkpoint, options: OpenOptions): Promise<DecoderSession>;
}
