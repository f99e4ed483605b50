/**
 * Records: what a run leaves behind. One run has one manifest and, per cell,
 * one record; failures and refusals are records too. Not measured is absent,
 * never zero.
 *
 * @module
 */
import type { BackendInfo, KvFill, SessionMemory } from "./backend.ts";
import type { ModelInfo } from "./model.ts";
import type { PolicyCard } from "./policy.ts";
import type { Speculation, TimedSpeculation } from "./round_record.ts";
import type { Split, SuiteData, SuiteSize } from "./suite.ts";

/** Raised with every incompatible change of manifest or record. */
export const RECORD_SCHEMA = 1;

/** Passes that make records. */
export type Pass = "free" | "lockstep" | "timed";

/** Where an arm's options were calibrated. */
export interface Calibration {
  /** Digest of the frozen options. */
  readonly digest: string;
  /** What the calibration promised, one sentence. */
  readonly guarantee: string;
  /** Name of the model it was made on. */
  readonly model: string;
  /** What differs from it; the guarantee is then void. Absent when nothing does. */
  readonly transferred?: readonly ("model" | "policy")[];
}

/** One column of a comparison: a policy with options and fill. */
export interface Arm {
  /** Unique within the run; the policy's canonical text, and the fill when it is not the default. */
  readonly label: string;
  /** Policy name. */
  readonly policy: string;
  /** Options as parsed, defaults included. */
  readonly options: Readonly<Record<string, unknown>>;
  /** KV fill. */
  readonly fill: KvFill;
  /** Full depth is the baseline; its second copy is the A/A sentinel of timed passes. */
  readonly role: "baseline" | "sentinel" | "policy";
  /** Passes that it takes part in; all of the run when absent. */
  readonly passes?: readonly Pass[];
  /** Why it is not shown among the policies: it is a run's control, or belongs to a study. */
  readonly aside?: "control" | "study";
  /** When the policy decides; plans are known before signals are. */
  readonly scope?: "run" | "token" | "block" | "rule" | "round";
  /** Card of the policy. */
  readonly card: PolicyCard;
  /** Digest of policy source, options and fill. */
  readonly digest: string;
  /** Where its options were calibrated, when they come from frozen options. */
  readonly calibration?: Calibration;
}

/** A suite as it was run. */
export interface SuiteUse {
  /** Suite name. */
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Version of its items and scorer. */
  readonly version: number;
  /** What it measures. */
  readonly measure: "generation" | "likelihood" | "speed";
  /** Size asked for. */
  readonly size: SuiteSize;
  /** Split that the items come from. */
  readonly split: Split;
  /** Seed of the generator. */
  readonly seed: number;
  /** Number of items after `--limit`. */
  readonly items: number;
  /** The local file that the items come from, if there is one. */
  readonly data?: SuiteData;
  /** Digest of name, version and item ids, and of the local file. */
  readonly digest: string;
}

/** Where a run took place. Nothing here names a person or a path. */
export interface Environment {
  /** CPU model, as the system names it. */
  readonly cpu: string;
  /** Logical cores. */
  readonly cores: number;
  /** Memory in bytes. */
  readonly memoryBytes: number;
  /** Operating system and release. */
  readonly os: string;
  /** Runtime versions. */
  readonly runtime: string;
  /** One-minute load average at start. */
  readonly loadAverage?: number;
  /** Smallest positive step of the clock in ms. */
  readonly clockStepMs: number;
  /** Cost of one clock call in ms. */
  readonly clockCostMs: number;
}

/** Everything that affects a run's results. */
export interface Manifest {
  /** {@linkcode RECORD_SCHEMA}. */
  readonly schema: number;
  /** Digest of all that follows but start, margin, environments, shard and the backend's features. */
  readonly digest: string;
  /** Harness version. */
  readonly harness: string;
  /** ISO time at which the run was first started. */
  readonly started: string;
  /** Seed of order, chance and resampling. */
  readonly seed: number;
  /** The model. */
  readonly model: ModelInfo;
  /** Digest of its tokenizer. */
  readonly tokenizer: string;
  /** The backend. */
  readonly backend: BackendInfo;
  /** Arms, baseline first. */
  readonly arms: readonly Arm[];
  /** Suites. */
  readonly suites: readonly SuiteUse[];
  /** Studies that arms and suites belong to; absent when there are none. */
  readonly studies?: readonly string[];
  /** Passes that were asked for. */
  readonly passes: readonly Pass[];
  /** Visits of each prompt in the timed pass, after warm-up; without a time budget. */
  readonly repetitions: number;
  /** Time that the timed pass was given to decide its verdicts, ms. */
  readonly timeBudgetMs?: number;
  /** Looks at the verdicts that share the error of 5 %; 1 when absent. */
  readonly looks?: number;
  /** Decode steps of each timed visit. */
  readonly timedTokens: number;
  /** Smallest speed-up that matters, a ratio − 1; the verdicts' margin. */
  readonly margin: number;
  /** Where it ran. */
  readonly environment: Environment;
  /** Which part of the run this is; absent for a whole run. No part of the digest. */
  readonly shard?: Shard;
  /** Machines of merged shards that differ from the first one's; absent when none does. */
  readonly otherEnvironments?: readonly Environment[];
}

/** One part of a run, split by items. */
export interface Shard {
  /** 1-based. */
  readonly index: number;
  /** Number of parts. */
  readonly count: number;
}

/** Logical costs counted by the decode loop, summed over the rows of a record. */
export interface Ledger {
  /** Positions that passed through the loop. */
  readonly rows: number;
  /** Attention parts run. */
  readonly attention: number;
  /** MLP parts run. */
  readonly mlp: number;
  /** Readouts, each state × head × vocabulary once. */
  readonly readouts: number;
  /** Vocabulary rows multiplied in readouts. */
  readonly vocabularyRows: number;
  /** Multiply-accumulates of probes. */
  readonly probeMacs: number;
  /** Entries written by the fill, by kind: block × position. */
  readonly fills: Readonly<Record<"project" | "hole" | "copy" | "none" | "recompute", number>>;
  /** Reads that the loop waits for; a call for many rows counts once, shared among them. */
  readonly reads: number;
  /** Multiply-accumulates of blocks, readouts, probes and fills. */
  readonly macs: number;
  /** Weight elements read; a call for many rows reads each once. */
  readonly weightElements: number;
  /** KV elements written. */
  readonly kvWritten: number;
  /** KV elements read by attention. */
  readonly kvRead: number;
}

/** What all records have. */
export interface RecordBase {
  /** Digest of everything that determines this cell; the store's key. */
  readonly cell: string;
  /** Suite name. */
  readonly suite: string;
  /** Item id. */
  readonly item: string;
  /** Statistical cluster. */
  readonly group: string;
  /** Difficulty label. */
  readonly level?: string;
  /** Arm label. */
  readonly arm: string;
  /** 0-based repetition; always 0 outside timed passes. */
  readonly repetition: number;
}

/** What a policy last read of each token, before the token left or reached the top. */
export interface TokenSignals {
  /** Names by which the policy declares them; hostile text. */
  readonly names: readonly string[];
  /** What each is: `margin`, `entropy`, `cosine`, `probe`, … */
  readonly kinds: readonly string[];
  /** Height of the last decision, per token; −1 where none was asked for. */
  readonly heights: readonly number[];
  /** Values by name, then by token, to four digits; NaN where none was read. */
  readonly values: readonly (readonly number[])[];
}

/** Why a generation ended. */
export type StopReason = "stop" | "eos" | "limit" | "context" | "policy";

/** A generation by the policy itself. */
export interface FreeRecord extends RecordBase {
  /** Tag. */
  readonly pass: "free";
  /** Tag. */
  readonly outcome: "ok";
  /** Tokens of the prompt. */
  readonly promptTokens: number;
  /** Tokens generated. */
  readonly tokens: readonly number[];
  /** Their text, cut at the stop text. */
  readonly text: string;
  /** Text of each token, for depth strips. */
  readonly pieces: readonly string[];
  /** Height at which each was read out. */
  readonly heights: readonly number[];
  /** Blocks that ran for each. Halves are parts of a block. */
  readonly blocksRun: readonly number[];
  /** What the policy read; absent for plans and in records of older harnesses. */
  readonly signals?: TokenSignals;
  /** Why it ended. */
  readonly ended: StopReason;
  /** Score in [0, 1]; absent where the suite scores no generations. */
  readonly score?: number;
  /** Costs of prompt and first token. */
  readonly promptLedger: Ledger;
  /** Costs of the decode steps. */
  readonly decodeLedger: Ledger;
  /** Rounds of drafting and verifying; policies of scope "round" only. */
  readonly speculation?: Speculation;
}

/**
 * Where full depth's prediction could be read earlier, per target token, on the
 * history of a full-depth pass.
 */
export interface OraclePositions {
  /** Lowest height from which on the readout's greedy token is full depth's. */
  readonly stable: readonly number[];
  /** Lowest height at which it is. */
  readonly first: readonly number[];
  /** Height at which the policy read out minus the stable height: below 0 it left too early. */
  readonly regret: readonly number[];
}

/** Sums over positions of how like a height's readout is to full depth's, by height 0..L. */
export interface LensSums {
  /** Positions summed over. */
  readonly positions: number;
  /** Equal greedy tokens. */
  readonly agree: readonly number[];
  /** Cosine of the logits. */
  readonly cosine: readonly number[];
  /** Cosine of the logits, each vector's mean subtracted. */
  readonly centred: readonly number[];
}

/** What the logit lens sees at every height of a full-depth pass. */
export interface Lens extends LensSums {
  /** Sums of the cosine of the residual states. */
  readonly state: readonly number[];
  /** Sums of the cosine of a block's input and output, by block. */
  readonly blocks: readonly number[];
  /** The same against full depth at another position of the text: what any two positions share. */
  readonly shuffled: LensSums;
}

/** Policy and full depth on the same text, position by position. */
export interface LockstepRecord extends RecordBase {
  /** Tag. */
  readonly pass: "lockstep";
  /** Tag. */
  readonly outcome: "ok";
  /** Target tokens whose prediction is compared. */
  readonly tokens: readonly number[];
  /** Text of each target token. */
  readonly pieces: readonly string[];
  /** Where the text comes from: the suite's target, or full depth's own greedy continuation. */
  readonly text: "target" | "greedy";
  /** −ln p of the target under full depth, nats. */
  readonly fullNll: readonly number[];
  /** −ln p of the target under the policy, nats. */
  readonly policyNll: readonly number[];
  /** KL(full ‖ policy), nats. */
  readonly kl: readonly number[];
  /** 1 where the argmax differs from full depth's. */
  readonly flips: readonly number[];
  /** Full depth's logit margin between its two likeliest tokens. */
  readonly fullMargins: readonly number[];
  /** Height at which the policy read out. */
  readonly heights: readonly number[];
  /** Blocks that ran. */
  readonly blocksRun: readonly number[];
  /** What the policy read; absent for plans and in records of older harnesses. */
  readonly signals?: TokenSignals;
  /** UTF-8 bytes of the target text. */
  readonly targetBytes: number;
  /** Whether all positions went as one batch or one by one. */
  readonly order: "batch" | "sequential";
  /** Oracle heights, where they were read. */
  readonly oracle?: OraclePositions;
  /** Why they were not, one sentence; neither is there in records of older harnesses. */
  readonly oracleAbsent?: string;
  /** What the logit lens sees; full depth's own records only, where a study asked for it. */
  readonly lens?: Lens;
}

/** Times of the parts of a one-row decode step, ms; per block where they are a block's. */
export interface PartTimes {
  /** Beginning and ending a step. */
  readonly step: number;
  /** A whole block. */
  readonly block: number;
  /** Its attention alone. */
  readonly attention: number;
  /** Its MLP alone. */
  readonly mlp: number;
  /** A readout of the whole vocabulary, waited for. */
  readonly head: number;
  /** A signal that reads no vocabulary, waited for. */
  readonly signal: number;
  /** A projected entry. */
  readonly project: number;
  /** A hole. */
  readonly hole: number;
  /** A copied entry. */
  readonly copy: number;
}

/** One timed visit of a prompt by one arm. */
export interface TimedRecord extends RecordBase {
  /** Tag. */
  readonly pass: "timed";
  /** Tag. */
  readonly outcome: "ok";
  /** Position of the arm in its block's order. */
  readonly order: number;
  /** Start of the visit, ms since the timed pass began; drift is told from it. */
  readonly startMs?: number;
  /** Tokens of the prompt. */
  readonly promptTokens: number;
  /** Decode steps timed. */
  readonly steps: number;
  /** Sequences that each step moved together; 1 when absent. */
  readonly rows?: number;
  /**
   * Time of the prompt, ms, first token included unless `firstTokenMs` is there;
   * absent when a prefilled snapshot was shared.
   */
  readonly prefillMs?: number;
  /** Time of the last prompt row and its readout, of all sequences together, ms. */
  readonly firstTokenMs?: number;
  /** Time of all decode steps, ms. */
  readonly decodeMs: number;
  /** Time of each reading, ms: of one step, or of `stepsPerReading` steps; the last may have fewer. */
  readonly stepMs?: readonly number[];
  /** Steps timed together because the clock cannot resolve one; 1 when absent. */
  readonly stepsPerReading?: number;
  /** Blocks that ran in the decode steps, summed. */
  readonly blocksRun: number;
  /** Costs of the decode steps. */
  readonly decodeLedger: Ledger;
  /** Bytes held by the session at the end. */
  readonly memory: SessionMemory;
  /** Most bytes that it was seen to hold in this visit. */
  readonly peakBytes?: number;
  /** The warm-up before it kept a trend until its budget was spent; absent when it became steady. */
  readonly warmUp?: "noisy";
  /** Rounds of drafting and verifying; policies of scope "round" only. */
  readonly speculation?: TimedSpeculation;
  /** Times of parts, taken in the same visit; full depth's records only. */
  readonly parts?: PartTimes;
}

/** A cell that raised an error. */
export interface FailedRecord extends RecordBase {
  /** Which pass failed. */
  readonly pass: Pass;
  /** Tag. */
  readonly outcome: "failed";
  /** One sentence. */
  readonly message: string;
}

/** A cell that cannot be run. */
export interface SkippedRecord extends RecordBase {
  /** Which pass was skipped. */
  readonly pass: Pass;
  /** Tag. */
  readonly outcome: "skipped";
  /** One sentence. */
  readonly reason: string;
}

/** One row of a run. */
export type RunRecord =
  | FreeRecord
  | LockstepRecord
  | TimedRecord
  | FailedRecord
  | SkippedRecord;

/** Text of an item, stored once per run for sample outputs. */
export interface StoredItem {
  /** Suite name. */
  readonly suite: string;
  /** Item id. */
  readonly item: string;
  /** Text before the answer. */
  readonly prompt: string;
  /** The expected answer. */
  readonly target: string;
}

/** A run as stored. */
export interface StoredRun {
  /** Its manifest. */
  readonly manifest: Manifest;
  /** Texts of its items. */
  readonly items: readonly StoredItem[];
  /** Its records, in cell order. */
  readonly records: readonly RunRecord[];
}

/** Where records go. Appending the same cell again replaces it; each append is durable when it resolves. */
export interface RecordStore {
  /**
   * Starts or resumes a run; rejects when the stored manifest's digest differs. `planned` are the
   * cells of a shard.
   */
  open(
    manifest: Manifest,
    items: readonly StoredItem[],
    planned?: readonly string[],
  ): Promise<void> | void;
  /** Cells that are done. */
  done(): ReadonlySet<string>;
  /** Adds records of one unit of work, all or none. */
  append(records: readonly RunRecord[]): Promise<void> | void;
  /** Everything stored. */
  read(): Promise<StoredRun> | StoredRun;
  /** Ends the use of the store. */
  close(): void;
}
