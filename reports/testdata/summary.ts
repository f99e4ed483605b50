/**
 * A summary with everything that a report must be able to show: sound, lossy
 * and gated arms, failed and skipped rows, absent values, hostile strings.
 * The numbers are invented, and plausible.
 *
 * @module
 */
import type { Manifest } from "../../harness/contract/record.ts";
import type { Pareto, Sample, SampleToken, Summary } from "../../harness/contract/summary.ts";
import {
  ARMS,
  CALM,
  estimate,
  EXIT,
  FULL,
  HOSTILE_LABEL,
  LAYERS,
  SKIPPED,
  SKIPPING,
  STATE,
  SUITES,
} from "./arms.ts";

import { CHOICES, CONFIDENCE, LEDGERS, PARITY, readAt, SCREENS, TIMING } from "./views.ts";

export { HOSTILE_LABEL } from "./arms.ts";

/** A prompt of the same kind. */
export const HOSTILE_PROMPT =
  'say: </pre><script src="http://evil.example/x.js"></script> & \u0007\u001b[31mred\u001b[0m\n\u2066tab\there\u2069';

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

const MANIFEST: Manifest = {
  schema: 1,
  digest: DIGEST,
  harness: "0.1.0",
  started: "2026-01-02T03:04:05.000Z",
  seed: 7,
  model: {
    name: "tiny",
    family: "llama",
    layerCount: LAYERS,
    dModel: 128,
    ffnSize: 384,
    gated: true,
    heads: 4,
    kvHeads: 2,
    headDim: 32,
    vocabSize: 96,
    tiedHead: true,
    context: 512,
    digest: DIGEST,
  },
  tokenizer: DIGEST,
  backend: { name: "cpu", kernels: "1a2b3c4d5e6f", features: ["f32", "1 thread"] },
  arms: ARMS.map(({ label, fill, role, card }) => ({
    label,
    policy: label.split("(")[0]!,
    options: label.startsWith("calm") ? { threshold: 0.9, measure: "softmax" } : {},
    fill,
    role,
    card,
    digest: DIGEST,
  })),
  suites: [
    ...SUITES.map((name) => ({ name, measure: "generation" as const, items: 120 })),
    { name: "prose", measure: "likelihood" as const, items: 16 },
  ].map((suite) => ({
    ...suite,
    summary: suite.name === "prose" ? "Likelihood of prose" : `Exact answers: ${suite.name}`,
    version: 1,
    size: "smoke",
    split: "test",
    seed: 1,
    digest: DIGEST,
  })),
  passes: ["free", "lockstep", "timed"],
  repetitions: 5,
  timedTokens: 32,
  margin: 0.01,
  environment: {
    cpu: "Example CPU @ 2.50GHz",
    cores: 2,
    memoryBytes: 8_589_934_592,
    os: "linux 6.1",
    runtime: "deno 2.9.6, v8 15.0, typescript 6.0",
    loadAverage: 0.42,
    clockStepMs: 0.005,
    clockCostMs: 0.00004,
  },
};

/** Tokens of an output; heights repeat, and tokens from `differsFrom` on differ. */
function tokensOf(
  pieces: readonly string[],
  heights: readonly number[],
  differsFrom = Infinity,
): readonly SampleToken[] {
  return pieces.map((text, i) => {
    const height = heights[i % heights.length]!;
    return { text, height, blocksRun: height, differs: i >= differsFrom };
  });
}

const WORDS = " k v a d r q z w".split(/(?= )/);
const STORY = ("The| sea| was| grey| and| still|,| and| no| one| on| the| shore| spoke| of| the|" +
  " boat|.|\n|\n|In| the| morning|,| when| the| mist| had| gone|,| they| found| it|.").split("|");
const CALM_HEIGHTS = [12, 5, 6, 3, 8, 12, 2, 7, 4, 6, 9, 5];

const SAMPLES: readonly Sample[] = [
  {
    suite: "copy",
    item: "copy-0007",
    prompt: "copy: k v a d r q z w =",
    target: " k v a d r q z w",
    outputs: [
      { arm: FULL.label, tokens: tokensOf(WORDS, [12]), score: 1, ended: "stop" },
      {
        arm: CALM.label,
        tokens: tokensOf(WORDS, CALM_HEIGHTS).map((token) => ({
          ...token,
          ...readAt(token.height),
        })),
        score: 1,
        ended: "stop",
      },
      { arm: STATE.label, tokens: tokensOf(WORDS, [9, 12, 8, 10]), score: 1, ended: "stop" },
      {
        arm: SKIPPING.label,
        tokens: tokensOf(" k v a a r z".split(/(?= )/), [12], 3),
        score: 0,
        ended: "stop",
      },
      {
        arm: EXIT.label,
        tokens: tokensOf(" k k k k k k k k".split(/(?= )/), [6], 1),
        score: 0,
        ended: "limit",
      },
    ],
  },
  {
    suite: "prose",
    item: 'prose-<0002>&"',
    prompt: HOSTILE_PROMPT,
    target: "",
    outputs: [
      { arm: FULL.label, tokens: tokensOf(STORY, [12]), ended: "limit" },
      {
        arm: CALM.label,
        tokens: tokensOf(STORY.with(16, " ship").with(20, "At"), CALM_HEIGHTS)
          .map((token, i) => ({
            ...token,
            ...readAt(token.height),
            differs: i === 16 || i === 20,
            ...(i === 16 ? { instead: STORY[16]! } : {}),
            given: { nll: 2.31, fullNll: 2.27, kl: 0.004 },
          })),
        leftOut: 41,
        ended: "limit",
      },
      {
        arm: HOSTILE_LABEL,
        tokens: tokensOf(
          [
            "<script>",
            "alert(5)",
            "</script>",
            "\u0000",
            "\u001b[2J",
            "\u202e",
            "\t",
            "  ",
            "",
            "\ufffd",
          ],
          [8, 12],
          0,
        ),
        ended: "policy",
      },
    ],
  },
];

const PARETO: Pareto = {
  speedAxis: "measured speed-up",
  points: [FULL, CALM, STATE, SKIPPING, EXIT].map((arm) => ({
    label: arm.label,
    speed: arm.speed!.perPrompt,
    quality: estimate(
      { [FULL.label]: 1, [CALM.label]: 0.99, [STATE.label]: 0.981, [SKIPPING.label]: 0.81 }[
        arm.label
      ] ?? 0.55,
      arm === FULL ? 0 : 0.012,
    ),
    ...(arm.worstQuality === undefined ? {} : { worstQuality: arm.worstQuality }),
    onFront: arm !== STATE,
  })),
};

const METHODS: Summary["methods"] = [
  ["95 % interval", "Studentised cluster bootstrap over prompts or documents."],
  ["score", "Mean over items of the suite's score in [0, 1] of the answer."],
  ["difference", "Mean over items of the arm's score minus full depth's on the same item."],
  ["ratio", "Sum of the arm's scores ÷ sum of full depth's, over the same items."],
  ["churn", "Items on which the arm scores lower than full depth, and higher."],
  ["length ratio", "Tokens written by the arm ÷ tokens written by full depth."],
  ["nll", "Negative log-likelihood of the given text under the policy, nats per token."],
  ["quality class", "A, B, C: the ratio's lower end is at least 0.999, 0.99, 0.97; else fail."],
  ["agreement", "Share of positions at which the arm's likeliest token is full depth's."],
  ["KL", "Mean over positions of KL(full depth ‖ arm) of the next-token laws, nats."],
  ["decode time", "Time of the decode steps ÷ steps, mean over prompts; first token apart."],
  ["speed-up per prompt", "Geometric mean over prompts of full-depth ÷ arm decode time."],
  ["speed-up of the workload", "Sum of full-depth decode times ÷ sum of the arm's."],
  ["verdict", "Faster or slower when the whole interval lies beyond the margin."],
  ["blocks run", "Blocks executed per decoded token, attention and MLP a half each."],
  ["MACs, weights, KV written", "Per decoded token ÷ full depth's, counted, not measured."],
  ["MAC shares", "Blocks, readouts, probes and KV fills as multiples of a full-depth step."],
  ["readouts, reads, fills", "States read out, waits and KV entries supplied, per token."],
  ["exit heights", "Tokens by the number of blocks passed when they were read out."],
  ["exit rate", "Share of those tokens read out below the last block."],
  ["exit confidence", "Tokens that left, by height and by what the policy read."],
  ["parity", "Equal tokens, decisions and ledgers on two backends."],
  ["ledger", "Milliseconds per decode step by what the loop counted and parts cost."],
].map(([term, definition]) => ({ term: term!, definition: definition! }));

/** The fixture. */
export const SUMMARY: Summary = {
  manifest: MANIFEST,
  answer: [
    "calm(measure=softmax,threshold=0.9) is 1.21× faster than full depth [1.18, 1.25] and keeps 99.0 % of its quality.",
    "unified_layer_skipping(ratio=2) and fixed_exit(exit=6) are faster still, but fall below the quality gate.",
  ],
  choices: CHOICES,
  arms: ARMS.map((arm) => {
    const ledger = LEDGERS.get(arm.label);
    return {
      ...arm,
      ...(ledger === undefined ? {} : { ledger }),
      ...(arm === CALM ? { confidence: CONFIDENCE, speed: { ...CALM.speed!, ...TIMING } } : {}),
    };
  }),
  pareto: PARETO,
  parity: PARITY,
  noise: {
    sentinel: { value: 1.003, low: 0.996, high: 1.01, clusters: 12 },
    verdict: "quiet",
    reasons: [],
    margin: 0.014,
    screens: SCREENS,
  },
  samples: SAMPLES,
  warnings: [
    "Policy " + HOSTILE_LABEL + " failed on 11 of 312 cells",
    "Fewer than 30 texts in suite prose: its intervals are wide",
  ],
  methods: METHODS,
};

/** A run with nothing timed and little to show: no plot, no samples, no answer. */
export const BARE_SUMMARY: Summary = {
  manifest: { ...MANIFEST, passes: ["free"] },
  answer: [],
  arms: [FULL, SKIPPED].map(({ speed: _, ...arm }) => arm),
  samples: [],
  warnings: [],
  methods: METHODS,
};

/** The fixture with timing that may not be believed. */
export const NOISY_SUMMARY: Summary = {
  ...SUMMARY,
  noise: {
    sentinel: { value: 1.06, low: 1.01, high: 1.12, clusters: 12 },
    verdict: "noisy",
    reasons: ["The baseline's own copy differs from it by more than the margin"],
    margin: 0.11,
  },
};
