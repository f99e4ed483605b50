/**
 * What records say of rounds of drafting and verifying.
 *
 * @module
 */
import type { Ledger } from "./record.ts";
import type { Proposal } from "./round.ts";

/** One round. The draft was rejected at index `accepted` when that is below `drafted`. */
export interface DraftRound {
  /** What was proposed. */
  readonly draft: Exclude<Proposal["kind"], "measure">;
  /** Tokens drafted. */
  readonly drafted: number;
  /** Tokens accepted, from the first on; full depth's own token is not one of them. */
  readonly accepted: number;
  /** Tokens emitted. */
  readonly emitted: number;
  /** Mean height at which the drafts were read out; absent without any, 0 for known tokens. */
  readonly height?: number;
}

/**
 * A text against full depth's greedy one, token by token, on its own prefix.
 * `identical`: every token is full depth's. `near-tie`: where it is not, the two
 * likeliest logits lie closer than one-row and many-row kernels differ there.
 */
export interface Certificate {
  /** The worst of all tokens. */
  readonly verdict: "identical" | "near-tie" | "bug";
  /** Tokens compared, the ending included. */
  readonly checked: number;
  /** Tokens that differ. */
  readonly divergences: readonly Divergence[];
}

/** A token that is not full depth's. */
export interface Divergence {
  /** Index in the generated text. */
  readonly at: number;
  /** Full depth's token, by one-row steps. */
  readonly expected: number;
  /** The token of the text; −1 where the text ended. */
  readonly actual: number;
  /** Logit of the expected minus that of the actual token. */
  readonly margin: number;
  /** Largest difference of logits between one-row and many-row steps at this position. */
  readonly kernelDifference: number;
}

/** Rounds of a free generation. */
export interface Speculation {
  /** The rounds in order. */
  readonly rounds: readonly DraftRound[];
  /** Part of the decode ledger that went into drafts, measurements included. */
  readonly draftLedger: Ledger;
  /** Comparison with full depth; absent where tokens were drawn. */
  readonly certificate?: Certificate;
}

/** Rounds of a timed visit. */
export interface TimedSpeculation {
  /** The rounds in order. */
  readonly rounds: readonly DraftRound[];
  /** Time of drafting, ms. */
  readonly draftMs: number;
  /** Time of verifying, rolling back included, ms. */
  readonly verifyMs: number;
  /** Time of measurements that policies asked for, ms. */
  readonly measureMs: number;
}
