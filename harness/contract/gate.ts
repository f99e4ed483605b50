/**
 * What a gate looks at and what it says: facts of a run that no clock touches,
 * checks of one run's facts against another's, and the outcome.
 *
 * @module
 */
import type { KvFill } from "./backend.ts";
import type { Pass } from "./record.ts";

/** Raised with every incompatible change of facts or reports. */
export const GATE_SCHEMA = 1;

/** Counters of a decode, per token emitted. */
export const COUNTERS = [
  "blocks",
  "readouts",
  "weightElements",
  "macs",
  "kvWritten",
  "reads",
] as const;

/** A counter. */
export type Counter = typeof COUNTERS[number];

/** What one arm did with one item in one pass, repetitions of timed passes left out. */
export interface ItemFacts {
  /** Suite name. */
  readonly suite: string;
  /** Item id. */
  readonly item: string;
  /** The pass. */
  readonly pass: Pass;
  /** Tokens decoded after the first. */
  readonly tokens: number;
  /** Totals of the counters over these tokens; absent in lockstep. */
  readonly counters?: Readonly<Record<Counter, number>>;
  /** Digest of what came out: tokens and heights; absent in timed passes. */
  readonly output?: string;
  /** Score in [0, 1], of generations that have one. */
  readonly score?: number;
  /** Negative log-likelihood of the target, nats, summed over `tokens`; lockstep on given texts. */
  readonly nll?: number;
  /** Draft tokens, and how many were accepted; policies that draft. */
  readonly drafted?: number;
  /** Accepted of them. */
  readonly accepted?: number;
  /** The comparison with full depth failed beyond near-ties; policies that draft. */
  readonly broken?: true;
}

/** One arm's facts. */
export interface ArmFacts {
  /** Label in its run. */
  readonly label: string;
  /** Policy name. */
  readonly policy: string;
  /** Options as parsed. */
  readonly options: Readonly<Record<string, unknown>>;
  /** KV fill. */
  readonly fill: KvFill;
  /** Digest of policy source, options and fill. */
  readonly digest: string;
  /** Whether its card says that it changes no token. */
  readonly lossless: boolean;
  /** Rows that failed. */
  readonly failed: number;
  /** Message of the first of them. */
  readonly failure?: string;
  /** Items, by suite, item and pass. */
  readonly items: readonly ItemFacts[];
}

/** A run's facts. */
export interface RunFacts {
  /** Digest of the run. */
  readonly run: string;
  /** Harness version. */
  readonly harness: string;
  /** Digest of the model. */
  readonly model: string;
  /** Name of the model. */
  readonly modelName: string;
  /** Digest of the tokenizer. */
  readonly tokenizer: string;
  /** Backend and version of its kernels. */
  readonly backend: string;
  /** Decode steps of timed visits. */
  readonly timedTokens: number;
  /** Suites with the digests of their items. */
  readonly suites: readonly { readonly name: string; readonly digest: string }[];
  /** Arms that a user compares; sentinels and controls left out. */
  readonly arms: readonly ArmFacts[];
}

/** Facts that someone declared to be the ones to compare with. */
export interface BlessedBaseline {
  /** Tag. */
  readonly kind: "depthbench-baseline";
  /** {@linkcode GATE_SCHEMA}. */
  readonly schema: number;
  /** ISO date of the blessing. */
  readonly blessed: string;
  /** Why. */
  readonly reason: string;
  /** Earlier blessings of this file, oldest first. */
  readonly history: readonly {
    readonly blessed: string;
    readonly reason: string;
    readonly run: string;
  }[];
  /** The facts. */
  readonly facts: RunFacts;
}

/** What a check looks at, in the order in which a gate looks. */
export type CheckKind = "failure" | "counter" | "output" | "acceptance" | "quality" | "time";

/** One check of one arm. */
export interface GateCheck {
  /** What it looks at. */
  readonly kind: CheckKind;
  /** Arm label in B, or in A where B lacks it. */
  readonly arm: string;
  /** What the number is, with its unit. */
  readonly name: string;
  /** Suite, where it is one suite's. */
  readonly suite?: string;
  /** In A. */
  readonly a?: number;
  /** In B. */
  readonly b?: number;
  /** How it ended; `noted` says something changed that the gate permits. */
  readonly outcome: "pass" | "noted" | "regression" | "inconclusive" | "failed";
  /** One sentence. */
  readonly says: string;
}

/** What a gate found. */
export interface GateReport {
  /** Tag. */
  readonly kind: "depthbench-gate";
  /** {@linkcode GATE_SCHEMA}. */
  readonly schema: number;
  /** The worst of all checks: failed, then regression, then inconclusive. */
  readonly outcome: "pass" | "regression" | "inconclusive" | "failed";
  /** Exit code of the command: 0, 1, 2 and 3 in the order of the outcomes. */
  readonly exitCode: 0 | 1 | 2 | 3;
  /** Digest of run A, and the reason when it is a blessed baseline. */
  readonly a: { readonly run: string; readonly blessed?: string; readonly reason?: string };
  /** Digest of run B. */
  readonly b: { readonly run: string };
  /** Model that both ran. */
  readonly model: string;
  /** Backend of B. */
  readonly backend: string;
  /** Checks, worst first within the order of kinds. */
  readonly checks: readonly GateCheck[];
  /** What was not gated, and why. */
  readonly notes: readonly string[];
}
