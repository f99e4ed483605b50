/**
 * A suite: items, how they are prompted, how an answer is scored, and what it
 * measures. Suites are plain data and pure functions; they know no model.
 *
 * @module
 */

import type { ModelInfo } from "./model.ts";
import type { Pass } from "./record.ts";

/** Where an item may be used, decided by the hash bucket of its canonical form. */
export type Split = "train" | "calibration" | "test";

/** How many items a run takes. */
export type SuiteSize = "smoke" | "standard" | "full";

/**
 * One item. `id` is the lower-case hex SHA-256 of its canonical JSON (suite
 * name, prompt, target), so equal items have equal ids everywhere; items of a
 * local file may have ids of their own, after the suite's name.
 */
export interface SuiteItem {
  /** Hex SHA-256 of the canonical item, or `<suite>#<id of the row>`. */
  readonly id: string;
  /** Text before the answer. For likelihood suites, the text that is not scored. */
  readonly prompt: string;
  /** The expected answer, or the text whose likelihood is measured. */
  readonly target: string;
  /** Statistical cluster: items of one document share it. Defaults to `id`. */
  readonly group?: string;
  /** Difficulty label for breakdowns, such as `"length-8"`. */
  readonly level?: string;
  /** Shape of a timed cell; of speed suites only, which have it on every item. */
  readonly shape?: SpeedShape;
}

/**
 * A cell of a speed suite. Each sequence takes `promptTokens` tokens of the prompt's
 * text, which is read as a circle; sequences start at equal distances on it. It is
 * forced along full depth's own greedy continuation.
 */
export interface SpeedShape {
  /** Tokens of each prompt. */
  readonly promptTokens: number;
  /** Decode steps. */
  readonly tokens: number;
  /** Sequences that every step moves together. */
  readonly rows: number;
}

/** What a suite measures. */
export type SuiteMeasure =
  /** The policy generates until the stop text or the limit; the answer is scored in [0, 1]. */
  | {
    readonly kind: "generation";
    /** Longest answer in tokens. */
    readonly maxTokens: number;
    /** Text that ends an answer; it is cut before scoring. */
    readonly stop: string;
    /** Score in [0, 1] of an answer, 1 is best. */
    score(answer: string, item: SuiteItem): number;
  }
  /** The target is teacher-forced; negative log-likelihood per token in nats. */
  | { readonly kind: "likelihood" }
  /** Time only, on forced continuations in the shapes of the items; timed passes alone run it. */
  | { readonly kind: "speed" };

/** What {@linkcode SuitePlugin.items} is asked for. */
export interface ItemRequest {
  /** How many, by name. */
  readonly size: SuiteSize;
  /** Seed of the generator. */
  readonly seed: number;
  /** Which split. */
  readonly split: Split;
  /** Upper bound on the number of items. */
  readonly limit?: number;
}

/** A local file that a suite was made of; part of the suite's digest. */
export interface SuiteData {
  /** `sha256:` and the digest of the file's bytes. */
  readonly digest: string;
  /** Rows of the file. */
  readonly rows: number;
  /** How rows were read and scored, as JSON. */
  readonly reading: string;
}

/** A suite as a plugin. */
export interface SuitePlugin {
  /** Unique name, equal to the file's name. */
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Raised whenever items, prompts or scoring change; part of the digest. */
  readonly version: number;
  /** What is measured. */
  readonly measure: SuiteMeasure;
  /** How prompts are framed: as they are, or as one user turn of the model's chat format. */
  readonly framing: "plain" | "chat";
  /** The local file that the items come from, if there is one. */
  readonly data?: SuiteData;
  /** Items of one split, in a fixed order. Same request, same items. */
  items(request: ItemRequest): Promise<readonly SuiteItem[]> | readonly SuiteItem[];
}

/** An arm of a study. */
export interface StudyArm {
  /** A policy spec. */
  readonly policy: string;
  /** Passes that it takes part in; all of the study's when absent. */
  readonly passes?: readonly Pass[];
  /** Whether it is also shown among the policies. */
  readonly shown?: true;
}

/** A study: a grid of arms over suites of items. It becomes a run; the summary makes its view. */
export interface StudyPlugin {
  /** Unique among suites and studies, equal to the file's name. */
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Suites that it runs on where a run names no others. */
  readonly suites: readonly string[];
  /** Passes that it needs. */
  readonly passes: readonly Pass[];
  /** Whether full depth is read out at every height and compared with the top. */
  readonly lens?: true;
  /** Its arms on a model. */
  arms(model: ModelInfo): readonly StudyArm[];
}
