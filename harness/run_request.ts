/**
 * What a run is asked for, what a plan is, and how it is carried out.
 *
 * @module
 */
import type { ItemIds } from "./calibrate/item_ids.ts";
import type { BackendPlugin, KvFill } from "./contract/backend.ts";
import type { LoadedModel } from "./contract/model.ts";
import type { TrainedParts } from "./contract/parts.ts";
import type { PolicyPlugin } from "./contract/policy.ts";
import type {
  Calibration,
  Environment,
  Manifest,
  Pass,
  RecordStore,
  StoredItem,
} from "./contract/record.ts";
import type { Split, SuitePlugin, SuiteSize } from "./contract/suite.ts";
import type { PassArm, PassContext, PassItem } from "./passes/cells.ts";

/** An arm as asked for. */
export interface ArmRequest {
  /** The policy. */
  readonly plugin: PolicyPlugin;
  /** Options as parsed, defaults included. */
  readonly options: Readonly<Record<string, unknown>>;
  /** KV fill. */
  readonly fill: KvFill;
  /** Canonical label. */
  readonly label: string;
  /** Digest of the policy's source: `"sha256:…"`. */
  readonly sourceDigest: string;
  /** Passes that it takes part in; all of the run when absent. */
  readonly passes?: readonly Pass[] | undefined;
  /** Why it is not shown among the policies. */
  readonly aside?: "control" | "study" | undefined;
  /** Where the options were calibrated, and on which items, if they were. */
  readonly calibration?:
    | { readonly record: Calibration; readonly items: Pick<ItemIds, "ids"> }
    | undefined;
}

/** A suite as asked for. */
export interface SuiteRequest {
  /** The suite. */
  readonly plugin: SuitePlugin;
  /** How many items, by name. */
  readonly size: SuiteSize;
  /** Which items. */
  readonly split: Split;
  /** Seed of the generator. */
  readonly seed: number;
  /** Most items; all of the size when absent. */
  readonly limit?: number | undefined;
}

/** A run as asked for. */
export interface RunRequest {
  /** The model. */
  readonly model: LoadedModel;
  /** The backend. */
  readonly backend: BackendPlugin;
  /** Worker threads; the backend's own choice when absent. */
  readonly threads?: number | undefined;
  /** Full-precision activations where the backend would round them. */
  readonly exact?: true | undefined;
  /** Trained parts. */
  readonly parts?: TrainedParts | undefined;
  /** Suites, at least one. */
  readonly suites: readonly SuiteRequest[];
  /** Full depth, first; then the arms to compare. */
  readonly arms: readonly [ArmRequest, ...ArmRequest[]];
  /** Names of the studies that arms and suites come from. */
  readonly studies?: readonly string[] | undefined;
  /** Whether full depth is compared with itself at every height, in lockstep. */
  readonly lens?: true | undefined;
  /** Passes, at least one. */
  readonly passes: readonly Pass[];
  /** Seed of order, chance and resampling. */
  readonly seed: number;
  /** Timed visits of each prompt. */
  readonly repetitions: number;
  /** Time that the timed pass has to decide its verdicts, ms; fixed repetitions when absent. */
  readonly timeBudgetMs?: number | undefined;
  /** Decode steps of each timed visit. */
  readonly timedTokens: number;
  /** Most tokens of a generation; the suite's own bound when absent. */
  readonly maxTokens?: number | undefined;
  /** Whether oracle heights are read whatever they cost; by their cost when absent. */
  readonly oracleHeights?: true | undefined;
  /** Smallest speed-up that matters, a ratio − 1. */
  readonly margin: number;
  /** Where it runs. */
  readonly environment: Environment;
  /** Harness version. */
  readonly harness: string;
  /** Tokens of a prompt in the suite's framing. */
  encodePrompt(prompt: string, framing: SuitePlugin["framing"]): readonly number[];
}

/** A run ready to go. Close it when done. */
export interface RunPlan {
  /** Its manifest. */
  readonly manifest: Manifest;
  /** Texts of its items. */
  readonly items: readonly StoredItem[];
  /** Number of cells. */
  readonly cells: number;
  /** What passes work on. */
  readonly context: PassContext;
  /** Encoded items, suite by suite. */
  readonly encoded: readonly PassItem[];
  /** The request. */
  readonly request: RunRequest;
  /** Whether a cell belongs to this shard; all do when absent. */
  owns?(item: PassItem, arm: PassArm, pass: Pass): boolean;
  /** Cells of this shard; absent for a whole run. */
  readonly planned?: readonly string[] | undefined;
  /** Frees the session. */
  close(): void;
}

/** How far a run is. */
export interface RunProgress {
  /** Cells done. */
  readonly done: number;
  /** Cells in all. */
  readonly total: number;
  /** What is running, for people. */
  readonly what: string;
}

/** A clock whose readings belong to named sections. */
export interface SectionClock {
  /** Begins a section anew: a cell, or the preparation of one. */
  enter(section: string): void;
  /** The next reading of the section, ms. */
  now(): number;
  /** Whether its readings were made before: nothing then warms up. */
  readonly isReplayed: boolean;
}

/** How a plan is carried out. */
export interface RunHandling {
  /** Where records go. */
  readonly store: RecordStore;
  /** Told after every unit of work. */
  progress?(progress: RunProgress): void;
  /** Ends the run after the current unit. */
  readonly signal?: AbortSignal | undefined;
  /** The clock, ms; `performance.now` when absent. */
  now?(): number;
  /** A recorded clock is told whose readings come next; it needs no warm-up. */
  readonly recordedClock?: SectionClock | undefined;
}
