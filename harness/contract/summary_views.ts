/**
 * Parts of a summary beside its arms' numbers: the choice per quality class, how
 * far confidence can be trusted where tokens left, and the same run on another
 * backend. Exported through `summary.ts`.
 *
 * @module
 */
import type { BackendInfo } from "./backend.ts";
import type { Estimate } from "./summary.ts";

/** The best policy that keeps a quality class, or why there is none. */
export interface ClassChoice {
  /** The class; better ones count too. */
  readonly quality: "A" | "B" | "C";
  /** Label of the arm that gains most; absent when none pays. */
  readonly arm?: string;
  /** Its speed-up per prompt; full-depth MACs ÷ its MACs when nothing was timed. */
  readonly gain?: Estimate;
  /** Its lowest quality ratio over the suites, and that suite. */
  readonly lowest?: { readonly suite: string; readonly ratio: Estimate };
  /** Why none pays, one sentence: quality lost, or the ledger's term that forbids it. */
  readonly reason?: string;
}

/** Tokens that left at one height with alike values of a signal. */
export interface ConfidenceBin {
  /** Height at which they left. */
  readonly height: number;
  /** Mean of the signal. */
  readonly confidence: number;
  /** Share whose token is full depth's; `clusters` counts texts. */
  readonly agreement: Estimate;
  /** Tokens. */
  readonly tokens: number;
}

/** Signal against agreement, of an arm whose tokens leave by it. */
export interface ExitConfidence {
  /** Name of the signal; hostile text. */
  readonly signal: string;
  /** What it is: `margin`, `cosine`, … */
  readonly kind: string;
  /** Bins, by height and then by confidence. */
  readonly bins: readonly ConfidenceBin[];
  /** Tokens that left at heights with too few to show. */
  readonly leftOut: number;
}

/** A place at which two backends differ under one policy. */
export interface ParityExample {
  /** Suite. */
  readonly suite: string;
  /** Item. */
  readonly item: string;
  /** 0-based token of the text. */
  readonly position: number;
  /** What differs. */
  readonly kind: "token" | "decision";
  /** On the report's own backend: token text, or height. */
  readonly here: string;
  /** On the other one. */
  readonly there: string;
  /** Full depth's logit margin there, where it is known: small ones are near-ties. */
  readonly margin?: number;
}

/** One arm on two backends. */
export interface ParityArm {
  /** Label in the report's own run. */
  readonly arm: string;
  /** Generations compared. */
  readonly texts: number;
  /** Of these, equal token for token. */
  readonly equalTexts: number;
  /** Positions of given texts compared. */
  readonly positions: number;
  /** Of these, decided alike: same height, same blocks run. */
  readonly equalDecisions: number;
  /** Of these, alike in whether the token is full depth's. */
  readonly equalAgreement: number;
  /** Greatest difference of the policy's −ln p where decisions are equal, nats. */
  readonly nllDifference?: number;
  /** Generations with equal tokens and decisions, whose ledgers must be equal. */
  readonly ledgers: number;
  /** Of these, equal in every count. */
  readonly equalLedgers: number;
  /** First places that differ, a few. */
  readonly examples: readonly ParityExample[];
}

/** The same arms on the same items with another backend. */
export interface Parity {
  /** The report's own backend. */
  readonly here: BackendInfo;
  /** The other one. */
  readonly there: BackendInfo;
  /** Digest of the other run. */
  readonly run: string;
  /** What is not compared, in sentences. */
  readonly notCompared: readonly string[];
  /** Arms that both runs have. */
  readonly arms: readonly ParityArm[];
}
