/**
 * The methods section: how every number of a summary was made.
 *
 * @module
 */
import type { Manifest } from "../contract/record.ts";
import type { Method, Summary } from "../contract/summary.ts";
import { DRAFTING } from "./drafting/methods.ts";
import type { SummarySettings } from "./options.ts";
import { percentText } from "./words.ts";

/** Definitions of the numbers that this summary holds. */
export function methodsOf(
  summary: Pick<Summary, "manifest" | "arms" | "noise" | "samples">,
  settings: SummarySettings,
): readonly Method[] {
  const { arms, manifest, samples } = summary;
  const metrics = new Set(arms.flatMap(({ quality }) => quality.map(({ metric }) => metric)));
  return [
    interval(manifest, settings),
    ...metrics.has("score") ? SCORE : [],
    ...metrics.has("nll") ? LIKELIHOOD : [],
    ...metrics.size > 0 ? [QUALITY_FAMILY, QUALITY_CLASS] : [],
    ...arms.some(({ fidelity }) => fidelity !== undefined) ? FIDELITY : [],
    ...arms.some(({ fidelity }) => fidelity?.oracle !== undefined) ? ORACLE : [],
    ...arms.some(({ speed }) => speed !== undefined) ? speedMethods(summary, settings) : [],
    ...arms.some(({ cost }) => cost !== undefined) ? COST : [],
    ...arms.some(({ heights }) => heights !== undefined) ? HEIGHTS : [],
    ...arms.some(({ ledger }) => ledger !== undefined) ? [LEDGER] : [],
    ...arms.some(({ confidence }) => confidence !== undefined) ? [CONFIDENCE] : [],
    ...arms.some(({ drafting }) => drafting !== undefined) ? DRAFTING : [],
    ...arms.some(({ card }) => card.deployable === false) ? [UPPER_BOUND] : [],
    ...samples.length > 0 ? [SAMPLES] : [],
  ];
}

function interval({ seed }: Manifest, { resamples }: SummarySettings): Method {
  return {
    term: "95 % interval",
    definition: `Studentised cluster bootstrap over prompts or source documents, ${resamples} ` +
      `resamples, seed ${seed}; shares of right answers have Wilson's interval. Below 8 clusters, ` +
      `and for differences of right and wrong answers, the wider of it and Student's t is shown. ` +
      `From one cluster none can be told. No width means that no resample differed.`,
  };
}

const SCORE: readonly Method[] = [
  { term: "score", definition: "Mean over items of the suite's score in [0, 1] of the answer." },
  {
    term: "difference",
    definition: "Mean over items of the arm's score minus full depth's on the same item.",
  },
  {
    term: "ratio",
    definition: "Sum of the arm's scores ÷ sum of full depth's, over the same items.",
  },
  {
    term: "churn",
    definition: "Items on which the arm scores lower than full depth, and higher; p-value of " +
      "McNemar's exact test, or of a sign-flip test where answers are graded.",
  },
  {
    term: "length ratio",
    definition: "Tokens written by the arm ÷ tokens written by full depth, over the same items.",
  },
];

const LIKELIHOOD: readonly Method[] = [
  {
    term: "nll",
    definition: "Negative log-likelihood of the given text under the policy, nats per token, " +
      "token-weighted; each token decoded with the policy and its KV fill.",
  },
  {
    term: "nll difference and ratio",
    definition: "Δ is the arm's minus full depth's nats per token; the ratio is exp(−Δ), full " +
      "depth's perplexity ÷ the arm's; the perplexity ratio is exp(Δ). Clustered by document.",
  },
];

const QUALITY_FAMILY: Method = {
  term: "p-value of a quality difference",
  definition:
    "McNemar's exact test for right and wrong answers, else a sign-flip test on the sums " +
    "of prompts or documents; adjusted by Holm over policies × suites.",
};

const QUALITY_CLASS: Method = {
  term: "quality class",
  definition:
    "From the lower end of the ratio's interval: A from 0.999, B from 0.99, C from 0.97, " +
    "else fail; fail too when the length ratio leaves 0.9 to 1.1. An arm's class is its worst " +
    "over suites. A suite on which full depth scores 0 gives none.",
};

const FIDELITY: readonly Method[] = [
  {
    term: "agreement",
    definition: "Share of positions of the same text at which the arm's likeliest token is full " +
      "depth's.",
  },
  {
    term: "KL",
    definition: "Mean over positions of KL(full depth ‖ arm) of the next-token laws, nats.",
  },
];

const ORACLE: readonly Method[] = [
  {
    term: "oracle height",
    definition: "Mean lowest height from which on the readout's likeliest token is that of full " +
      "depth, on a full-depth history: nobody knows it in time. The first token of a text is " +
      "left out.",
  },
  {
    term: "first agreement",
    definition: "Mean over the same positions of the lowest height at which it is that of full " +
      "depth; higher ones may disagree again, so an exit there is luck.",
  },
  {
    term: "regret",
    definition: "Mean over the same positions of the height at which the arm read out minus the " +
      "oracle height, blocks: above 0 it left later than needed, below 0 too early. Arms that skip " +
      "blocks and read out at the top have full depth's.",
  },
];

function speedMethods(
  { noise, manifest, arms }: Pick<Summary, "noise" | "manifest" | "arms">,
  { margin }: SummarySettings,
): readonly Method[] {
  const delta = noise?.margin ?? margin;
  const looks = manifest.looks ?? 1;
  return [
    {
      term: "decode time",
      definition: `Time of the decode steps ÷ steps (${manifest.timedTokens} forced steps, ` +
        `${manifest.repetitions} visits per prompt), mean over prompts; prompt and first token apart.`,
    },
    {
      term: "speed-up per prompt",
      definition: "Geometric mean over prompts of full-depth ÷ arm decode time, paired within " +
        "visits in which all arms run back-to-back in alternating order.",
    },
    {
      term: "speed-up of the workload",
      definition: "Sum of full-depth decode times ÷ sum of the arm's, over the same visits; its " +
        "interval uses the jackknife error of the logarithm.",
    },
    {
      term: "p-value of the speed-up",
      definition:
        "Sign-flip test on the prompts' mean log ratios: all patterns up to 16 prompts, " +
        "20 000 random ones beyond.",
    },
    {
      term: "verdict",
      definition: `Faster or slower when the whole decisive interval lies beyond δ = ${
        percentText(delta)
      }; equivalent when it lies within the margin of ${
        percentText(margin)
      } and rests on at least 8 prompts; else inconclusive.`,
    },
    {
      term: "forced",
      definition:
        "Every arm decodes the same given continuation, full depth's own, so lengths are " +
        "equal and times compare steps. Times of free continuations are never in the same table.",
    },
    {
      term: "few prompts",
      definition: "Fewer than 8 prompts: the wider of bootstrap-t and Student's t is shown, and " +
        "nothing is called equivalent.",
    },
    {
      term: "decisive interval",
      definition: "Interval of the speed-up per prompt that the verdict is drawn from: it holds " +
        "for all policies of the run at once (bootstrap max-T), for all policies and suites at " +
        `once in the lines by suite, ${
          looks === 1
            ? "at 95 %"
            : `at ${percentText(1 - 0.05 / looks)}, because ${looks} looks share the 5 %`
        }. Comparisons with fewer than 8 prompts share the error by number instead.`,
    },
    {
      term: "adjusted p-value",
      definition: "Holm's adjustment over the same comparisons: at most 0.05 in a run of equal " +
        "policies for any of them in at most 5 % of such runs.",
    },
    ...timeBudget(manifest),
    {
      term: "δ",
      definition:
        "The larger of the margin and twice the half-width of the interval of full depth " +
        "against its own copy (A/A).",
    },
    {
      term: "noisy",
      definition: "The A/A interval excludes a speed-up of 1, its half-width exceeds the margin, " +
        "or a warm-up kept a trend until its budget was spent.",
    },
    {
      term: "noise screen",
      definition:
        "Per arm, from ln of the time per step about its prompt's median: visits beyond " +
        "14.826 median absolute deviations, beyond 1.5 and 3 interquartile ranges, all kept; " +
        "lag-1 autocorrelation; Theil–Sen drift over the session.",
    },
    {
      term: "minimum detectable effect",
      definition:
        "exp(2.8 × standard error of the mean log ratio) − 1: the speed-up found in 80 % " +
        "of such runs at the 5 % level.",
    },
    {
      term: "required prompts",
      definition:
        "7.85 × variance of the prompts' mean log ratios ÷ ln(1 + margin)²: prompts with " +
        "which the margin would be found in 80 % of such runs.",
    },
    ...arms.some(({ speed }) => speed?.cells !== undefined) ? SPEED_CELLS : [],
    ...arms.some(({ speed }) =>
        speed?.stepPercentiles ?? speed?.firstTokenPercentiles ?? speed?.cells
      )
      ? [PERCENTILES]
      : [],
  ];
}

function timeBudget({ timeBudgetMs, looks = 1 }: Manifest): readonly Method[] {
  return timeBudgetMs === undefined ? [] : [{
    term: "time budget",
    definition: `The timed pass had ${(timeBudgetMs / 60_000).toFixed(1)} minutes. After each ` +
      `${looks === 1 ? "budget" : `of ${looks} equal parts`} verdicts were drawn; arms whose ` +
      "verdict was open, and the A/A pair, were visited on.",
  }];
}

const SPEED_CELLS: readonly Method[] = [
  {
    term: "speed cell",
    definition: "Forced continuations of a given length of prompt, several sequences moved by " +
      "each step. Step time is that of one step, which makes a token of every sequence; intervals " +
      "resample texts, so a cell with one text has none.",
  },
  {
    term: "prefill and first token",
    definition:
      "Prefill: all prompt rows but the last, sequence by sequence, and one readout that " +
      "waits for them. First token: the last prompt row of every sequence and their readout, in " +
      "one step.",
  },
  {
    term: "memory",
    definition: "Bytes that the backend's session held after a visit: weights, trained parts, KV " +
      "cache, scratch; the peak is the largest sum seen in a visit.",
  },
];

const PERCENTILES: Method = {
  term: "percentiles",
  definition:
    "MLPerf's early-stopping estimate: with 99 % confidence at or above the percentile; " +
    "refused below 64 readings for the 90th and 662 for the 99th. Readings are steps, or groups of " +
    "steps where the clock cannot resolve one, and count one by one although those of a sequence " +
    "are alike; the interval beside it is of the plain percentile, with whole prompts resampled.",
};

const COST: readonly Method[] = [
  {
    term: "blocks run",
    definition:
      "Blocks executed per decoded token, attention and MLP a half each; the first token " +
      "is left out.",
  },
  {
    term: "MACs, weights, KV written",
    definition: "Multiply-accumulates, weight elements read and KV elements written per decoded " +
      "token ÷ full depth's, counted by the decode loop, not measured.",
  },
  {
    term: "MAC shares",
    definition:
      "Blocks, readouts, probes and KV fills as multiples of a full-depth step; they add " +
      "up to MACs.",
  },
  {
    term: "readouts, reads, fills",
    definition: "States read out, waits for a result and KV entries supplied for skipped blocks, " +
      "per decoded token.",
  },
];

const HEIGHTS: readonly Method[] = [
  {
    term: "exit heights",
    definition:
      "Tokens by the number of blocks passed when they were read out; the first token of " +
      "a text is left out.",
  },
  { term: "exit rate", definition: "Share of those tokens read out below the last block." },
];

const LEDGER: Method = {
  term: "ledger",
  definition:
    "Milliseconds per decode step: what the decode loop counted (blocks, readouts, other " +
    "reads, fills, steps) times what each part takes when timed by itself on this machine. The " +
    "residual is the measured step minus their sum; above a tenth of a full-depth step, either way, " +
    "it is red. Blocks alone is the speed-up if nothing but blocks took time.",
};

const CONFIDENCE: Method = {
  term: "exit confidence",
  definition: "Tokens of given texts that left below the last block, by the height at which they " +
    "left and then in up to five groups of equal number by the signal that the policy read there; " +
    "of each group the mean signal and the share whose token is full depth's. The interval is " +
    "Wilson's with as many trials as the clustered error of the share allows, at least the texts.",
};

const UPPER_BOUND: Method = {
  term: "upper bound",
  definition: "An arm that uses what nobody can know in time, such as full depth's own token. It " +
    "cannot be deployed; finding that out is not in its costs, and it is not timed.",
};

const SAMPLES: Method = {
  term: "samples",
  definition: "Prompts from all suites in turn, ones with a difference and ones without in turn, " +
    "in the order of the run; at most 200 tokens. A token differs when full depth has another one " +
    "at its place; on a given text, when the arm's likeliest token is another.",
};
