/**
 * Round policies: how drafts are made that full depth then verifies.
 *
 * A round starts with the newest token, which has not been through the model. The
 * policy proposes: nothing, known tokens, or blocks that draft tokens one after
 * the other. The loop drafts, runs one full-depth pass over the newest token and
 * the drafts, accepts by the exact rule, emits, rolls back, and tells the policy.
 * So a policy decides what is tried and never what is emitted: output is full
 * depth's whatever it answers.
 *
 *     newest token x₀ ──draft──> x₁ … x_γ ──verify (γ + 1 rows)──> accepted prefix + one token
 *
 * Functions are pure, as in `policy.ts`; state passes through {@linkcode RoundEvent}s,
 * which hold counts, tokens and signals, never time.
 *
 * @module
 */
import type { Plan, PolicyBase, PolicyState, RunPoint } from "./policy.ts";
import type { ModelInfo } from "./model.ts";
import type { ReadoutSignal } from "./signal.ts";

/** What is known before a round starts. The object is reused: do not keep it. */
export interface RoundPoint<S = unknown> extends RunPoint {
  /**
   * `"decode"`, or `"prompt"` when the round takes up the last rows of the prompt,
   * for policies that act on it.
   */
  readonly phase: "prompt" | "decode";
  /** Index of the newest token in the sequence; it has not been through the model. */
  readonly position: number;
  /** Tokens emitted so far. */
  readonly emitted: number;
  /** Most tokens that can be drafted now: limit and context leave no more. */
  readonly room: number;
  /** Prompt and emitted tokens, the newest last. Valid during the call. */
  readonly tokens: readonly number[];
  /** Uniform number in [0, 1), hashed from seed, item, position and `i`. */
  uniform(i: number): number;
  /** The policy's state, when it declares one. */
  readonly state: S;
}

/** One place at which a draft row may be read out. */
export interface DraftExit {
  /** Height, 0..L−1, or L for full depth. */
  readonly height: number;
  /** `"shared"`, or the name of a trained head. */
  readonly head: string;
}

/** What a policy proposes for a round. */
export type Proposal =
  /** An ordinary full-depth step. */
  | { readonly kind: "none" }
  /** Known tokens. They have no law: under sampling q = 1. */
  | { readonly kind: "tokens"; readonly tokens: readonly number[]; readonly by?: number }
  /**
   * Draft tokens by a plan, read out by the shared head where it ends. Blocks 0..e−1,
   * whole and in order, are an exit at e: verification goes on from there. Other
   * plans' entries are thrown away.
   */
  | {
    readonly kind: "plan";
    readonly plan: Plan;
    /** Most tokens; the loop cuts it to the room. */
    readonly maxTokens: number;
    readonly by?: number;
  }
  /**
   * Draft tokens by exits, ascending: each row climbs to the first, is asked about
   * there, and may climb on. Verification goes on from where each row stands.
   */
  | {
    readonly kind: "exits";
    readonly exits: readonly DraftExit[];
    /** Most tokens; the loop cuts it to the room. */
    readonly maxTokens: number;
    readonly by?: number;
  }
  /** Measure a plan on the newest rows of the text first, then ask again. Once per round. */
  | {
    readonly kind: "measure";
    readonly plan: Plan;
    /** How many rows; cut to those that are there. */
    readonly rows: number;
    /**
     * `matches`: rows whose greedy token is the token that follows. `updates`: how
     * peaked each part's contribution to the residual stream is.
     */
    readonly what: "matches" | "updates";
    readonly by?: number;
  };

/**
 * What follows a drafted token. `go_on`: draft another. `stop`: keep it and verify.
 * `climb`: do not take it, ask again at the next exit; past the last exit the row
 * goes to full depth, which ends the draft.
 */
export type Continuation = "go_on" | "stop" | "climb";

/** All continuations, for checks. */
export const CONTINUATIONS: readonly Continuation[] = ["go_on", "stop", "climb"];

/** What is known once a token is drafted. The object is reused: do not keep it. */
export interface DraftPoint<S = unknown> extends RoundPoint<S> {
  /** The proposal that drafts. */
  readonly proposal: Proposal;
  /** Tokens drafted in this round, this one included. */
  readonly drafted: number;
  /** The drafted token; the likeliest one where it has yet to be drawn. */
  readonly token: number;
  /** Height at which it was read out. */
  readonly height: number;
  /** Declared signals of the readout that gave it, by name. */
  readonly signals: Readonly<Record<string, number>>;
}

/** Heights read out for all rows of a round, and for the last rows of the prompt. */
export interface Shadow {
  /** Heights 0..L−1, ascending. */
  readonly heights: readonly number[];
  /** Rows of the prompt that are read as well. */
  readonly promptRows: number;
}

/** What the shadow heights and full depth predict; rows in position order. */
export interface ShadowReadouts {
  /** Heights read, then L. */
  readonly heights: readonly number[];
  /** Greedy token, `[height][row]`. */
  readonly tokens: readonly (readonly number[])[];
  /** Its probability, `[height][row]`. */
  readonly top1: readonly (readonly number[])[];
}

/** What a stateful round policy is told. */
export type RoundEvent =
  /** A sequence starts: its prompt is done. */
  | { readonly kind: "prompt"; readonly length: number; readonly shadow?: ShadowReadouts }
  /** What was asked to be measured. */
  | {
    readonly kind: "measured";
    readonly proposal: Extract<Proposal, { readonly kind: "measure" }>;
    /** Rows that were run. */
    readonly rows: number;
    /** Of them, those whose greedy token is the one that follows. */
    readonly matches: number;
    /** Mean over rows of the feature entropy of each visit's attention, nats; of `updates`. */
    readonly attention: readonly number[];
    /** The same of its MLP. */
    readonly mlp: readonly number[];
  }
  /** A round is over. */
  | {
    readonly kind: "round";
    readonly proposal: Exclude<Proposal, { readonly kind: "measure" }>;
    /** Index of the token that it started with. */
    readonly position: number;
    /** Drafted tokens. */
    readonly drafted: readonly number[];
    /** Height at which each was read out; 0 for known tokens. */
    readonly heights: readonly number[];
    /** Declared signals of each. */
    readonly signals: readonly Readonly<Record<string, number>>[];
    /** How many were accepted. */
    readonly accepted: number;
    /** Tokens emitted: the accepted ones and full depth's own, cut where the text ends. */
    readonly emitted: readonly number[];
    /** Readouts of the newest token's row and the drafts' rows. */
    readonly shadow?: ShadowReadouts;
  };

/** Proposes drafts; the harness verifies them. */
export interface RoundPolicy<O, S = unknown> extends PolicyBase<O> {
  /** Scope tag. */
  readonly scope: "round";
  /** State, if any; it lives for a sequence or a stream. */
  readonly state?: PolicyState<O, S, RoundEvent>;
  /** Numbers of the readout that gives each drafted token: these and no others. */
  signals?(options: O): readonly ReadoutSignal[];
  /** Heights that are read out for all rows of each round. */
  shadow?(model: ModelInfo, options: O): Shadow;
  /** Trained heads that it reads; a model opened without them is refused. */
  heads?(model: ModelInfo, options: O): readonly string[];
  /** What this round tries. */
  propose(point: RoundPoint<S>, options: O): Proposal;
  /** What follows a drafted token; `go_on` until the proposal's most tokens when absent. */
  decide?(point: DraftPoint<S>, options: O): Continuation;
}
