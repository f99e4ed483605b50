/**
 * What summaries say of the same arms on the same items with another model.
 *
 * @module
 */
import type { Estimate } from "./summary.ts";

/** One arm on one suite, with both models. */
export interface TwinScore {
  /** Label in the report's own run. */
  readonly arm: string;
  /** Suite. */
  readonly suite: string;
  /** Items that both models answered. */
  readonly items: number;
  /** Mean score with the report's own model. */
  readonly here: Estimate;
  /** Mean score with the other model. */
  readonly there: Estimate;
  /** Own minus other, paired by item. */
  readonly difference: Estimate;
}

/** One arm's share of accepted drafts, with both models. */
export interface TwinDrafts {
  /** Label in the report's own run. */
  readonly arm: string;
  /** Accepted ÷ drafted with the report's own model. */
  readonly here: Estimate;
  /** The same with the other model. */
  readonly there: Estimate;
}

/** The same arms on the same items with another model. */
export interface Twin {
  /** Name of the report's own model. */
  readonly here: string;
  /** Name of the other one. */
  readonly there: string;
  /** Digest of the other run. */
  readonly run: string;
  /** Scores, arm by arm. */
  readonly scores: readonly TwinScore[];
  /** Drafts, arm by arm. */
  readonly drafts: readonly TwinDrafts[];
}
