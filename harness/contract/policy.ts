/**
 * Policies: pure objects that say which blocks a token runs.
 *
 * A policy decides in one scope. `run`: one plan for a whole run. `token`: a
 * plan per token, before it starts. `block`: an action at declared heights,
 * from declared signals. `rule`: the same with the decision as data. `round`: what
 * is drafted for full depth to verify (`round.ts`).
 * All functions are pure: no clock, no chance but `point.uniform(i)`, no I/O,
 * no memory but the state that the harness threads.
 *
 * @module
 */
import type { KvFill, Part, Phase } from "./backend.ts";
import type { ModelInfo } from "./model.ts";
import type { OptionSchema } from "./options.ts";
import type { RoundPolicy } from "./round.ts";
import type { Rule } from "./rule.ts";
import type { SignalDeclaration } from "./signal.ts";

/**
 * What happens at a height h, to block h. `run`: the block runs. `skip`: it does
 * not. `attention` / `mlp`: only that part runs. `repeat`: it runs twice.
 * `exit`: the token is read out here. `stop`: the generation ends without it.
 */
export type Action = "run" | "skip" | "attention" | "mlp" | "repeat" | "exit" | "stop";

/** All actions, for checks. */
export const ACTIONS: readonly Action[] = [
  "run",
  "skip",
  "attention",
  "mlp",
  "repeat",
  "exit",
  "stop",
];

/** One block of a plan. */
export interface Visit {
  /** Block, 0-based. */
  readonly block: number;
  /** Which part of it runs. */
  readonly part: Part;
}

/** Blocks in the order in which they run; a repeated block's later visits have passes of their own. */
export type Plan = readonly Visit[];

/** A plan that runs whole blocks in the given order. */
export function planOf(blocks: readonly number[]): Plan {
  return blocks.map((block) => ({ block, part: "block" }));
}

/** A plan that runs blocks 0 to height − 1: an exit at `height`. */
export function planUpTo(height: number): Plan {
  return planOf(Array.from({ length: height }, (_, block) => block));
}

/** Bounds of the generation. */
export interface Limits {
  /** Most tokens that may be generated. */
  readonly maxTokens: number;
  /** Longest sequence in tokens. */
  readonly context: number;
}

/** What is known before a run starts. */
export interface RunPoint {
  /** The model's shapes. */
  readonly model: ModelInfo;
  /** Bounds of the generation. */
  readonly limits: Limits;
}

/** What is known before a token starts. The object is reused: do not keep it. */
export interface TokenPoint<S = unknown> extends RunPoint {
  /** Prompt or decode. */
  readonly phase: Phase;
  /** Index of the input token in the sequence. */
  readonly position: number;
  /** Tokens emitted before this forward pass; 1 at the first decode step. */
  readonly emitted: number;
  /**
   * Number standing for the sequence, a hash of its item's id; for policies chosen in
   * hindsight, which are not deployable.
   */
  readonly sequence: number;
  /**
   * Uniform number in [0, 1), hashed from seed, item, position, block and `i`; of a
   * "sequence" the same at all its positions and blocks.
   */
  uniform(i: number, of?: "position" | "sequence"): number;
  /** The policy's state, when it declares one. */
  readonly state: S;
  /**
   * Greedy token of every height 0..L of this row's full-depth pass, for policies
   * that scout. Valid during the call.
   */
  readonly scouted?: readonly number[] | undefined;
}

/** What is known at a height. The object is reused: do not keep it. */
export interface BlockPoint<S = unknown> extends TokenPoint<S> {
  /** Blocks passed so far; the decision is about block `height`. */
  readonly height: number;
  /** Declared signals of the state at this height, by declared name. */
  readonly signals: Readonly<Record<string, number>>;
}

/** What a stateful policy is told. */
export type PolicyEvent =
  | {
    readonly kind: "decision";
    readonly height: number;
    readonly action: Action;
    readonly signals: Readonly<Record<string, number>>;
  }
  | {
    readonly kind: "token";
    readonly token: number;
    /** What the readout gave: `token` itself, unless the text was given. */
    readonly predicted: number;
    /** Height at which it was read out. */
    readonly exitHeight: number;
    /** Blocks that ran for it. */
    readonly blocksRun: number;
  }
  /** A position that had left early was run to the top, in position order. */
  | {
    readonly kind: "recomputed";
    /** What full depth predicts there. */
    readonly predicted: number;
    /** Height at which it had left. */
    readonly exitHeight: number;
    /** The signals by which it had left. */
    readonly signals: Readonly<Record<string, number>>;
  };

/** State of a policy, threaded by the harness. */
export interface PolicyState<O, S, E = PolicyEvent> {
  /**
   * When it starts anew: with each token, each sequence, or never. A stream goes
   * through the items of a pass in order; each timed visit starts anew.
   */
  readonly life: "token" | "sequence" | "stream";
  /**
   * Whether it is told of positions that were run to the top after they had
   * left early, as the fill `recompute` does. Each costs a readout.
   */
  observesRecomputed?(options: O): boolean;
  /** The state at the start of a life. */
  initial(point: RunPoint, options: O): S;
  /** The next state. Returns a new value; the old one is left as it is. */
  reduce(state: S, event: E, options: O): S;
}

/** Folder and kind of a policy. */
export type PolicyFamily =
  | "depth"
  | "speculative"
  | "input"
  | "readout"
  | "search"
  | "placement";

/** What a policy can act on. */
export type Workload = "generation" | "scoring" | "classification";

/** Who made a policy and what to expect of it. */
export interface PolicyCard {
  /** One line for people. */
  readonly summary: string;
  /** Paper and equation or section; "none" for controls. */
  readonly source: string;
  /** What it acts on. */
  readonly acts: readonly Workload[];
  /** Whether outputs equal full depth's by construction. */
  readonly lossless: boolean;
  /** Whether the method needs a model trained for it. */
  readonly training: "none" | "recommended" | "required";
  /** How the papers' layer numbers become heights here. */
  readonly layers: string;
  /** Where this implementation departs from the paper. */
  readonly deviations: readonly string[];
  /** `false` when it needs what nobody knows in time: reports mark it as an upper bound. */
  readonly deployable?: false;
}

/** What all policies have. */
export interface PolicyBase<O> {
  /** Unique name, equal to the file's name. */
  readonly name: string;
  /** Family, equal to the folder's name. */
  readonly family: PolicyFamily;
  /** Its card. */
  readonly card: PolicyCard;
  /** Its options. */
  readonly options: OptionSchema<O>;
  /** The paper's KV fill; users may cross it. */
  defaultFill(options: O): KvFill;
  /** Whether it also acts on the prompt; otherwise prompt and first token are full depth. */
  actsOnPrompt?(options: O): boolean;
  /** Checks options against a model. Throws `RangeError` with one sentence. */
  validate?(model: ModelInfo, options: O): void;
}

/** One plan for the whole run. */
export interface RunPolicy<O> extends PolicyBase<O> {
  /** Scope tag. */
  readonly scope: "run";
  /** The plan of every token. */
  plan(point: RunPoint, options: O): Plan;
}

/** A plan per token, known before it starts. */
export interface TokenPolicy<O, S = unknown> extends PolicyBase<O> {
  /** Scope tag. */
  readonly scope: "token";
  /** State, if any. */
  readonly state?: PolicyState<O, S>;
  /**
   * Whether the loop first runs the row at full depth, uncounted, and shows what
   * each height would have predicted. Only for policies that are not deployable.
   */
  readonly scouts?: true;
  /** The plan of this token. */
  plan(point: TokenPoint<S>, options: O): Plan;
}

/** An action at declared heights. */
export interface BlockPolicy<O, S = unknown> extends PolicyBase<O> {
  /** Scope tag. */
  readonly scope: "block";
  /** State, if any. */
  readonly state?: PolicyState<O, S>;
  /** Heights in 0..L−1 at which it is asked, ascending. */
  heights(model: ModelInfo, options: O): readonly number[];
  /** Signals computed and charged for at those heights: these and no others. */
  signals(options: O): readonly SignalDeclaration[];
  /** The action; `run` at any height that was not asked for. */
  decide(point: BlockPoint<S>, options: O): Action;
  /** Head that reads out a row which left at one of these heights; `"shared"` when absent. */
  readoutHead?(height: number, options: O): string;
  /** Which part of the vocabulary its readouts keep; all of it when absent. */
  keep?(model: ModelInfo, options: O): VocabularyKeep | undefined;
}

/** Which tokens the later readouts of a row are over. */
export interface VocabularyKeep {
  /** Tokens kept: the likeliest of the readout that chooses them; at least 2. */
  readonly k: number;
  /**
   * Lowest height whose readout may choose them: the first height asked from here on,
   * read out in full. Heights above are read out over those tokens only; the top, where a
   * row arrives that never left, in full.
   */
  readonly from: number;
}

/** A decision that is data. */
export interface RulePolicy<O> extends PolicyBase<O> {
  /** Scope tag. */
  readonly scope: "rule";
  /** Signals that the rule compares. */
  signals(options: O): readonly SignalDeclaration[];
  /** When the rule holds, the action is taken; otherwise the block runs. */
  rule(model: ModelInfo, options: O): { readonly when: Rule; readonly then: Action };
  /** Head that reads out a row which left at one of these heights; `"shared"` when absent. */
  readoutHead?(height: number, options: O): string;
  /** Which part of the vocabulary its readouts keep; all of it when absent. */
  keep?(model: ModelInfo, options: O): VocabularyKeep | undefined;
}

/** A policy of the readout: it runs behind one that reads out at heights, `a + b`. */
export interface ReadoutPolicy<O> extends PolicyBase<O> {
  /** Scope tag. */
  readonly scope: "readout";
  /** Which part of the vocabulary is kept. */
  keep(model: ModelInfo, options: O): VocabularyKeep;
}

/** A policy that says which blocks each emitted token runs. */
export type DepthPolicy<O = unknown, S = unknown> =
  | RunPolicy<O>
  | TokenPolicy<O, S>
  | BlockPolicy<O, S>
  | RulePolicy<O>;

/** A policy as a plugin. */
export type PolicyPlugin<O = unknown, S = unknown> =
  | DepthPolicy<O, S>
  | RoundPolicy<O, S>
  | ReadoutPolicy<O>;
