/**
 * What summaries say of drafts: acceptance, rounds, expected and measured speed-up.
 *
 * @module
 */
import type { Estimate } from "./summary.ts";

/** Acceptance at one place of a draft. */
export interface PlaceAcceptance {
  /** Place in the draft, from 1. */
  readonly place: number;
  /** Rounds in which it was examined: drafted, and all before it accepted. */
  readonly examined: number;
  /** Share of them in which it was accepted, with Wilson's interval over rounds. */
  readonly rate: Estimate;
}

/** Time of a round by part, ms, mean over rounds. */
export interface RoundTimes {
  /** Drafting. */
  readonly draftMs: number;
  /** Verifying, rolling back included. */
  readonly verifyMs: number;
  /** Measurements that the policy asked for. */
  readonly measureMs: number;
  /** The rest: proposing, telling the policy. */
  readonly restMs: number;
  /** A full-depth step of the baseline. */
  readonly stepMs: number;
}

/** Why drafts cannot pay, told from the formula. */
export type DraftLimit =
  /** Even drafts that are all accepted would not. */
  | "cost"
  /** They would if more were accepted. */
  | "acceptance";

/** The formula N / (γ·c + v) against the clock. */
export interface DraftSpeed {
  /** Mean time of each part of a round. */
  readonly times: RoundTimes;
  /** c: a drafted token ÷ a full-depth step. */
  readonly draftCost: number;
  /** v: a verification ÷ a full-depth step. */
  readonly verifyCost: number;
  /** N(α, γ) / (γ·c + v), with what was measured for α, γ, c and v. */
  readonly expected: number;
  /** Tokens per round × step ÷ round, from the same visits. */
  readonly measured: number;
  /** α from which on drafts of this length and these costs pay; absent when none does. */
  readonly breakEven?: number;
  /** What forbids a gain; absent where the formula expects one. */
  readonly limit?: DraftLimit;
}

/** Drafts of one arm. */
export interface DraftingView {
  /** Rounds of the free pass. */
  readonly rounds: number;
  /** Tokens drafted. */
  readonly drafted: number;
  /** Tokens accepted. */
  readonly accepted: number;
  /** accepted ÷ drafted; not α. */
  readonly acceptance: Estimate;
  /** α: accepted ÷ examined, over all places. */
  readonly alpha: Estimate;
  /** Tokens emitted per round. */
  readonly tokensPerRound: Estimate;
  /** Tokens drafted per round. */
  readonly draftLength: number;
  /** Mean height of the drafts' readouts; absent without drafts. */
  readonly height?: number;
  /** Share of the decode steps' multiply-accumulates that went into drafts. */
  readonly draftShare: number;
  /** Acceptance by place, while at least one round got there. */
  readonly places: readonly PlaceAcceptance[];
  /** Certified texts by verdict; absent where none was certified. */
  readonly certificates?: {
    readonly identical: number;
    readonly nearTie: number;
    readonly bug: number;
  };
  /** Time; absent without a timed pass. */
  readonly speed?: DraftSpeed;
}

/** One cell of a grid of depth × draft length. */
export interface DraftGridCell {
  /** Height of the drafts. */
  readonly exit: number;
  /** Most tokens per round. */
  readonly draft: number;
  /** accepted ÷ drafted. */
  readonly acceptance: number;
  /** Measured speed-up; absent without a timed pass. */
  readonly speedUp?: number;
  /** Label of the arm. */
  readonly arm: string;
}

/** Arms of one policy over depth and draft length. */
export interface DraftGrid {
  /** Policy name. */
  readonly policy: string;
  /** Its cells. */
  readonly cells: readonly DraftGridCell[];
}
