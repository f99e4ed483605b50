/**
 * Summaries: everything that a report prints, already computed. Reports render
 * these and do no arithmetic.
 *
 * @module
 */
import type { KvFill } from "./backend.ts";
import type { DraftGrid, DraftingView } from "./drafting_view.ts";
import type { PolicyCard } from "./policy.ts";
import type { Manifest, StopReason } from "./record.ts";
import type { StudyView } from "./study_view.ts";

export type {
  DraftGrid,
  DraftGridCell,
  DraftingView,
  DraftLimit,
  DraftSpeed,
  PlaceAcceptance,
  RoundTimes,
} from "./drafting_view.ts";
export type {
  ChartPoint,
  ChartSeries,
  ClaimResult,
  ClaimVerdict,
  StudyCell,
  StudyChart,
  StudyNotation,
  StudyTable,
  StudyView,
} from "./study_view.ts";
import type { Twin } from "./twin_view.ts";

export type { Twin, TwinDrafts, TwinScore } from "./twin_view.ts";
import type { ClassChoice, ExitConfidence, Parity } from "./summary_views.ts";
import type {
  FamilyComparison,
  LatencyPercentiles,
  SkippedCell,
  SpeedCell,
  SuiteSpeed,
} from "./timing_views.ts";

export type * from "./summary_views.ts";
export type * from "./timing_views.ts";

/** A number with its interval. From a single cluster no interval can be told: both ends are NaN. */
export interface Estimate {
  /** Point estimate. */
  readonly value: number;
  /** Lower end of the 95 % interval. */
  readonly low: number;
  /** Upper end of the 95 % interval. */
  readonly high: number;
  /** Clusters (prompts or documents) that it rests on. */
  readonly clusters: number;
}

/** Outcome of a timed comparison. */
export type Verdict = "faster" | "slower" | "equivalent" | "inconclusive";

/** Non-inferiority class by the lower end of the quality ratio: A ≥ 0.999, B ≥ 0.99, C ≥ 0.97. */
export type QualityClass = "A" | "B" | "C" | "fail";

/** An arm's quality on one suite. */
export interface SuiteQuality {
  /** Suite name. */
  readonly suite: string;
  /** Mean score in [0, 1], or mean negative log-likelihood per token in nats. */
  readonly metric: "score" | "nll";
  /** The arm's own value. */
  readonly value: Estimate;
  /** Arm minus baseline, paired by item; absent for the baseline. */
  readonly difference?: Estimate;
  /** Items only the baseline got right, and only the arm; generation suites only. */
  readonly churn?: { readonly lost: number; readonly won: number; readonly pValue: number };
  /** Score ratio to the baseline, or exp of minus the likelihood difference. */
  readonly ratio?: Estimate;
  /** The arm's perplexity ÷ the baseline's, e^Δ; likelihood suites only. */
  readonly perplexityRatio?: Estimate;
  /** p-value of no difference: McNemar's, or a sign-flip test over documents. */
  readonly pValue?: number;
  /** The same, adjusted by Holm for policies × suites. */
  readonly adjustedPValue?: number;
  /** Fewer than 8 prompts or documents: intervals are rough. */
  readonly fewPrompts?: true;
  /** Class of the ratio's lower end; absent for the baseline and where the baseline scores 0. */
  readonly quality?: QualityClass;
  /** Mean output length ÷ baseline's; outside 0.9–1.1 the class is "fail". Generation only. */
  readonly lengthRatio?: number;
}

/** An arm's speed. */
export interface Speed {
  /** Decode time per token, ms, mean over prompts. */
  readonly decodeMs: Estimate;
  /** Geometric mean over prompts of baseline ÷ arm decode time. */
  readonly perPrompt: Estimate;
  /** Σ baseline time ÷ Σ arm time. */
  readonly workload: Estimate;
  /** Sign-flip p-value of no difference. */
  readonly pValue: number;
  /** The verdict at the run's margin. */
  readonly verdict: Verdict;
  /** Minimum detectable effect, as a ratio − 1. */
  readonly minimumDetectable: number;
  /** What was decoded: a given continuation, or the arm's own. The two are never compared. */
  readonly mode?: "forced" | "free";
  /** Interval that the verdict is drawn from: simultaneous over the policies, shared by the looks. */
  readonly decisive?: FamilyComparison["decisive"];
  /** The p-value, adjusted by Holm for the policies of the run. */
  readonly adjustedPValue?: number;
  /** Prompts that would show a speed-up of the margin in 80 % of runs; NaN when it cannot be told. */
  readonly requiredPrompts?: number;
  /** Fewer than 8 prompts: intervals are rough, nothing is called equivalent. */
  readonly fewPrompts?: true;
  /** By suite, as one family of policies × suites; absent for the baseline. */
  readonly suites?: readonly SuiteSpeed[];
  /** Cells of speed suites. */
  readonly cells?: readonly SpeedCell[];
  /** Cells of speed suites that were not run. */
  readonly skippedCells?: readonly SkippedCell[];
  /** Percentiles of the decode steps; absent where steps were not timed apart. */
  readonly stepPercentiles?: LatencyPercentiles;
  /** Percentiles of the time to the first token; absent where it was not timed. */
  readonly firstTokenPercentiles?: LatencyPercentiles;
}

/** What the ledger says an average decode step costs, as shares of a full-depth step. */
export interface CostView {
  /** Blocks run per token, parts counted by halves. */
  readonly blocksRun: Estimate;
  /** Multiply-accumulates per token ÷ full depth's. */
  readonly macs: number;
  /** Weight elements read per token ÷ full depth's. */
  readonly weights: number;
  /** Of `macs`: blocks, readouts, probes, fills. Their sum is `macs`. */
  readonly macShares: {
    readonly blocks: number;
    readonly readouts: number;
    readonly probes: number;
    readonly fills: number;
  };
  /** Readouts per token. */
  readonly readouts: number;
  /** Reads waited for per token. */
  readonly reads: number;
  /** Entries filled per token. */
  readonly fills: number;
  /** KV elements written per token ÷ full depth's. */
  readonly kvWritten: number;
}

/** How early full depth's tokens could have been read, and how far the arm was from that. */
export interface OracleView {
  /** Mean lowest height from which on the readout agrees with full depth. */
  readonly height: Estimate;
  /** Mean lowest height at which it agrees. */
  readonly first: Estimate;
  /** Mean of the height at which the arm read out minus the first of these, blocks. */
  readonly regret: Estimate;
}

/** Agreement with full depth on the same prefix, on some texts. */
export interface TextFidelity {
  /** Share of positions whose argmax equals full depth's. */
  readonly agreement: Estimate;
  /** KL(full ‖ policy) per token, nats. */
  readonly kl: Estimate;
  /** Oracle heights; absent where they were not read. */
  readonly oracle?: OracleView;
}

/** The same on one suite. */
export interface SuiteFidelity extends TextFidelity {
  /** Suite name. */
  readonly suite: string;
}

/** Agreement with full depth on the same prefix, over all suites. */
export interface Fidelity extends TextFidelity {
  /** By suite, in the order of the manifest. */
  readonly suites?: readonly SuiteFidelity[];
}

/** Random skipping at an arm's own number of blocks: what knowing nothing of the token achieves. */
export interface MatchedControl {
  /** Mean blocks run per token, of the arm and of the control. */
  readonly blocksRun: number;
  /** Agreement of the control with full depth. */
  readonly agreement: Estimate;
  /** Agreement of the arm minus the control's, paired by text. */
  readonly difference: Estimate;
  /** Labels of the settings of random skipping that were mixed. */
  readonly mixed: readonly string[];
}

/** Where an arm's time goes by its ledger and the times of parts, ms per decode step. */
export interface LedgerView {
  /** Blocks that ran. */
  readonly blocksMs: number;
  /** Readouts, the one of the token included. */
  readonly readoutsMs: number;
  /** Reads of other signals. */
  readonly waitsMs: number;
  /** Fills. */
  readonly fillsMs: number;
  /** Beginning and ending a step. */
  readonly stepMs: number;
  /** Their sum. */
  readonly predictedMs: number;
  /** Measured. */
  readonly measuredMs: number;
  /** Measured minus predicted, as a share of a full-depth step. */
  readonly residual: number;
  /** Whether the residual is above a tenth of a full-depth step, either way. */
  readonly red: boolean;
  /** Full depth's predicted time ÷ the arm's. */
  readonly predictedSpeedUp: number;
  /** The same if blocks were all that costs. */
  readonly blocksOnlySpeedUp: number;
}

/** One arm over all suites. */
export interface ArmSummary {
  /** Label. */
  readonly label: string;
  /** Role. */
  readonly role: "baseline" | "sentinel" | "policy";
  /** Fill. */
  readonly fill: KvFill;
  /** Card. */
  readonly card: PolicyCard;
  /** Records by outcome. */
  readonly counts: { readonly ok: number; readonly failed: number; readonly skipped: number };
  /** Distinct messages of failed and skipped records, at most ten. */
  readonly troubles: readonly string[];
  /** Quality per suite that was measured. */
  readonly quality: readonly SuiteQuality[];
  /** Worst class over the suites; absent for the baseline. */
  readonly worstQuality?: QualityClass;
  /** Fidelity; absent when no lockstep pass ran. */
  readonly fidelity?: Fidelity;
  /** Speed; absent when no timed pass ran. */
  readonly speed?: Speed;
  /** Cost; absent when nothing was decoded. */
  readonly cost?: CostView;
  /** Random skipping at the same cost; absent without a control to compare with. */
  readonly control?: MatchedControl;
  /** Where the time goes; absent when no part was timed. */
  readonly ledger?: LedgerView;
  /** Tokens read out at each height 0..L; absent when nothing was decoded. */
  readonly heights?: readonly number[];
  /** Share of tokens read out below L; absent when nothing was decoded. */
  readonly exitRate?: number;
  /** By the first signal it declares; absent where no token left by one in lockstep. */
  readonly confidence?: ExitConfidence;
  /** What it drafted; absent for arms that draft nothing. */
  readonly drafting?: DraftingView;
}

/** One token of a sample. */
export interface SampleToken {
  /** Its text. */
  readonly text: string;
  /** Height at which it was read out. */
  readonly height: number;
  /** Blocks that ran. */
  readonly blocksRun: number;
  /** Whether it differs from the baseline's token at this place. */
  readonly differs: boolean;
  /** The baseline's token at this place, where a generated one differs and there is one. */
  readonly instead?: string;
  /** What the policy last read of it, and at which height. */
  readonly read?: {
    readonly height: number;
    readonly signals: readonly { readonly name: string; readonly value: number }[];
  };
  /** Of given texts: −ln p under the policy and under full depth, and KL(full ‖ policy), nats. */
  readonly given?: { readonly nll: number; readonly fullNll: number; readonly kl: number };
}

/** One output of one arm. */
export interface SampleOutput {
  /** Arm label. */
  readonly arm: string;
  /** True when the text was given, not generated: `differs` then marks where the argmax flips. */
  readonly forced?: boolean;
  /** Its tokens. */
  readonly tokens: readonly SampleToken[];
  /** Tokens beyond those that are kept. */
  readonly leftOut?: number;
  /** Score, where the suite has one. */
  readonly score?: number;
  /** Why it ended. */
  readonly ended: StopReason;
}

/** One prompt with the outputs of all arms side by side. */
export interface Sample {
  /** Suite. */
  readonly suite: string;
  /** Item id. */
  readonly item: string;
  /** The prompt. */
  readonly prompt: string;
  /** The expected answer; empty where there is none. */
  readonly target: string;
  /** Outputs, baseline first. */
  readonly outputs: readonly SampleOutput[];
}

/** A point of the Pareto plot. */
export interface ParetoPoint {
  /** Arm label. */
  readonly label: string;
  /** Speed-up per prompt; the MAC ratio when nothing was timed. */
  readonly speed: Estimate;
  /** Quality: mean over suites of the ratio to the baseline. */
  readonly quality: Estimate;
  /** Worst class over the suites. */
  readonly worstQuality?: QualityClass;
  /** Whether no other point is better in both; upper bounds neither are on the front nor bar it. */
  readonly onFront: boolean;
  /** True for what cannot be deployed. */
  readonly upperBound?: true;
}

/** The Pareto plot. */
export interface Pareto {
  /** What the horizontal axis is. */
  readonly speedAxis: "measured speed-up" | "full-depth MACs ÷ MACs";
  /** Points. */
  readonly points: readonly ParetoPoint[];
}

/** How a number was made, for the methods section. */
export interface Method {
  /** Name of the number, as the report prints it. */
  readonly term: string;
  /** Its definition, one or two sentences. */
  readonly definition: string;
}

/** What one arm's decode times look like; nothing is removed because of it. */
export interface NoiseScreen {
  /** Arm label. */
  readonly arm: string;
  /** Timed visits. */
  readonly visits: number;
  /** Visits beyond 14.826 median absolute deviations. */
  readonly outliers: number;
  /** Visits beyond 1.5 but not 3 interquartile ranges. */
  readonly mild: number;
  /** Visits beyond 3 interquartile ranges. */
  readonly extreme: number;
  /** Lag-1 autocorrelation of ln T about each prompt's median; absent below three visits. */
  readonly autocorrelation?: number;
  /** Change of the time over the whole session, as a ratio − 1; absent below four visits. */
  readonly drift?: { readonly value: number; readonly low: number; readonly high: number };
}

/** Quality of the timing itself. */
export interface Noise {
  /** Baseline against its own copy, as a speed-up. */
  readonly sentinel: Estimate;
  /** Verdict on the two copies at the run's margin; anything but "equivalent" speaks of noise. */
  readonly sentinelVerdict?: Verdict;
  /** Looks at the verdicts that share the error of 5 %. */
  readonly looks?: number;
  /** Whether comparisons of this run may be believed. */
  readonly verdict: "quiet" | "noisy";
  /** Why it is noisy, in words. */
  readonly reasons: readonly string[];
  /** Margin δ that verdicts used. */
  readonly margin: number;
  /** Per arm, the sentinel included. */
  readonly screens?: readonly NoiseScreen[];
}

/** Everything a report prints. */
export interface Summary {
  /** What ran. */
  readonly manifest: Manifest;
  /** First lines of the report: the answer in words. */
  readonly answer: readonly string[];
  /** The same per quality class A, B, C; absent where no quality was measured. */
  readonly choices?: readonly ClassChoice[];
  /** Arms, baseline first, without the sentinel. */
  readonly arms: readonly ArmSummary[];
  /** The Pareto plot; absent with fewer than two measured arms. */
  readonly pareto?: Pareto;
  /** Timing noise; absent when nothing was timed. */
  readonly noise?: Noise;
  /** Sample outputs. */
  readonly samples: readonly Sample[];
  /** The same run on another backend; absent when only one was given. */
  readonly parity?: Parity;
  /** The same arms with another model; absent when only one run was given. */
  readonly twin?: Twin;
  /** Studies; absent when none was asked for. */
  readonly studies?: readonly StudyView[];
  /** Policies with several settings, as curves; absent when no policy has. */
  readonly curves?: StudyView;
  /** Grids of depth × draft length; absent without policies that have both. */
  readonly draftGrids?: readonly DraftGrid[];
  /** Warnings in words. */
  readonly warnings: readonly string[];
  /** Definitions of every number above. */
  readonly methods: readonly Method[];
}
