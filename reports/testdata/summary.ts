/**
 * A summary with everything that a report must be able to show: sound, lossy
 * and gated arms, failed and skipped rows, absent values, hostile strings.
 * The numbers are invented, and plausible.
 *
 * @module
 */
import type { Manifest } from "../../harness/contract/record.ts";
import type {
  ArmSummary,
  CostView,
  Estimate,
  Pareto,
  Sample,
  SampleToken,
  SuiteQuality,
  Summary,
} from "../../harness/contract/summary.ts";

/** A label that tries to leave every context that it is put in. */
export const HOSTILE_LABEL =
  'evil</style><script>alert(1)</script>"><img src=x onerror=alert(2)>(a="\u202e|@team #12 `x`")';

/** A prompt of the same kind. */
export const HOSTILE_PROMPT =
  'say: </pre><script src="http://evil.example/x.js"></script> & \u0007\u001b[31mred\u001b[0m\n\u2066tab\there\u2069';

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const LAYERS = 12;

function estimate(value: number, half: number, clusters = 12): Estimate {
  return { value, low: value - half, high: value + half, clusters };
}

function card(summary: string, source: string, deviations: readonly string[] = []) {
  return {
    summary,
    source,
    acts: ["generation", "scoring"],
    lossless: false,
    training: "none",
    layers: "the paper's layer l is height l",
    deviations,
  } as const satisfies ArmSummary["card"];
}

interface QualityRow {
  readonly scores: readonly [copy: number, recall: number, arithmetic: number];
  readonly nll: number;
  readonly classes: readonly NonNullable<SuiteQuality["quality"]>[];
}

const SUITES = ["copy", "recall", "arithmetic"] as const;
const BASE = { scores: [0.975, 0.942, 0.758], nll: 1.612 } as const;

function qualityOf(row: QualityRow | undefined): readonly SuiteQuality[] {
  const source = row ?? BASE;
  const scored = SUITES.map((suite, i): SuiteQuality => {
    const score = source.scores[i]!;
    const base = BASE.scores[i]!;
    const value = estimate(score, 0.03 + 0.02 * i, 120);
    if (row === undefined) return { suite, metric: "score", value, lengthRatio: 1 };
    return {
      suite,
      metric: "score",
      value,
      difference: estimate(score - base, 0.012, 120),
      ratio: estimate(score / base, 0.009, 120),
      churn: { lost: Math.round(120 * (base - score)) + 2, won: 2, pValue: 0.31 / (i + 1) },
      quality: row.classes[i]!,
      lengthRatio: 1 - 0.01 * i,
    };
  });
  const likelihood = {
    suite: "prose",
    metric: "nll",
    value: estimate(source.nll, 0.08, 16),
  } as const;
  if (row === undefined) return [...scored, likelihood];
  const difference = row.nll - BASE.nll;
  return [...scored, {
    ...likelihood,
    difference: estimate(difference, 0.004, 16),
    ratio: estimate(Math.exp(-difference), 0.004, 16),
    quality: row.classes[3]!,
  }];
}

interface CostRow {
  readonly blocks: number;
  readonly readouts: number;
  readonly fills: number;
  readonly probes?: number;
}

function costOf({ blocks, readouts, fills, probes = 0 }: CostRow): CostView {
  const shares = {
    blocks: 0.95 * blocks / LAYERS,
    readouts: 0.05 * readouts,
    probes,
    fills: 0.012 * fills,
  };
  const macs = shares.blocks + shares.readouts + shares.probes + shares.fills;
  return {
    blocksRun: estimate(blocks, blocks === LAYERS ? 0 : 0.3),
    macs,
    weights: macs * 0.98,
    macShares: shares,
    readouts,
    reads: readouts,
    fills,
    kvWritten: 1,
  };
}

interface SpeedRow {
  readonly ratio: number;
  readonly verdict: NonNullable<ArmSummary["speed"]>["verdict"];
}

function speedOf({ ratio, verdict }: SpeedRow): NonNullable<ArmSummary["speed"]> {
  return {
    decodeMs: estimate(4.1 / ratio, 0.06),
    perPrompt: estimate(ratio, ratio === 1 ? 0 : 0.035),
    workload: estimate(ratio === 1 ? 1 : ratio * 0.98, ratio === 1 ? 0 : 0.04),
    pValue: verdict === "faster" || verdict === "slower" ? 0.00049 : 0.42,
    verdict,
    minimumDetectable: 0.021,
  };
}

interface ArmRow {
  readonly label: string;
  readonly fill: ArmSummary["fill"];
  readonly card: ArmSummary["card"];
  readonly quality?: QualityRow;
  readonly speed: SpeedRow;
  readonly cost: CostRow;
  readonly agreement: number;
  readonly kl: number;
  readonly heights: readonly number[];
}

function armOf(row: ArmRow): ArmSummary {
  const total = row.heights.reduce((a, b) => a + b, 0);
  const worst = row.quality?.classes.toSorted().at(-1);
  return {
    label: row.label,
    role: row.quality === undefined ? "baseline" : "policy",
    fill: row.fill,
    card: row.card,
    counts: { ok: 312, failed: 0, skipped: 0 },
    troubles: [],
    quality: qualityOf(row.quality),
    ...(worst === undefined ? {} : { worstQuality: worst }),
    fidelity: {
      agreement: estimate(row.agreement, row.agreement === 1 ? 0 : 0.008),
      kl: estimate(row.kl, row.kl / 5),
    },
    speed: speedOf(row.speed),
    cost: costOf(row.cost),
    heights: row.heights,
    exitRate: 1 - row.heights.at(-1)! / total,
  };
}

const FULL = armOf({
  label: "full_depth",
  fill: "none",
  card: {
    ...card("Runs every block for every token", "none"),
    lossless: true,
    layers: "all blocks",
  },
  speed: { ratio: 1, verdict: "equivalent" },
  cost: { blocks: 12, readouts: 1, fills: 0 },
  agreement: 1,
  kl: 0,
  heights: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1404],
});

const CALM = armOf({
  label: "calm(measure=softmax,threshold=0.9)",
  fill: "project",
  card: card(
    "Exits once the softmax margin reaches a threshold",
    "Schuster et al. 2022, Confident Adaptive Language Modeling, §3.5",
    ["Decoder-only: the paper's model is an encoder-decoder", "Prompt runs at full depth"],
  ),
  quality: { scores: [0.975, 0.933, 0.742], nll: 1.618, classes: ["A", "B", "C", "B"] },
  speed: { ratio: 1.21, verdict: "faster" },
  cost: { blocks: 8.2, readouts: 8.2, fills: 3.8 },
  agreement: 0.971,
  kl: 0.0132,
  heights: [0, 12, 31, 64, 122, 188, 205, 164, 96, 61, 44, 35, 382],
});

const STATE = armOf({
  label: "calm(measure=state,threshold=0.98) hole",
  fill: "hole",
  card: card(
    "Exits once consecutive states are alike",
    "Schuster et al. 2022, Confident Adaptive Language Modeling, §3.5",
  ),
  quality: { scores: [0.967, 0.917, 0.75], nll: 1.634, classes: ["B", "C", "B", "C"] },
  speed: { ratio: 1.034, verdict: "inconclusive" },
  cost: { blocks: 10.9, readouts: 1, fills: 0 },
  agreement: 0.958,
  kl: 0.0207,
  heights: [0, 0, 0, 0, 0, 8, 25, 71, 160, 204, 97, 41, 798],
});

const SKIPPING = armOf({
  label: "unified_layer_skipping(ratio=2)",
  fill: "none",
  card: card("Runs evenly spaced blocks at a target ratio", "Liu et al. 2024, eq. 3"),
  quality: { scores: [0.9, 0.858, 0.508], nll: 1.91, classes: ["fail", "fail", "fail", "fail"] },
  speed: { ratio: 1.87, verdict: "faster" },
  cost: { blocks: 6, readouts: 1, fills: 0 },
  agreement: 0.846,
  kl: 0.214,
  heights: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1391],
});

const EXIT = armOf({
  label: "fixed_exit(exit=6)",
  fill: "none",
  card: card("Reads every token out at one height", "none"),
  quality: { scores: [0.742, 0.6, 0.3], nll: 2.45, classes: ["fail", "fail", "fail", "fail"] },
  speed: { ratio: 1.92, verdict: "faster" },
  cost: { blocks: 6, readouts: 1, fills: 0 },
  agreement: 0.612,
  kl: 0.883,
  heights: [0, 0, 0, 0, 0, 0, 1377, 0, 0, 0, 0, 0, 0],
});

const HOSTILE: ArmSummary = {
  label: HOSTILE_LABEL,
  role: "policy",
  fill: "copy",
  card: card("<b>bold</b> claim", "javascript:alert(3)", ["<i>none</i> | really"]),
  counts: { ok: 301, failed: 11, skipped: 0 },
  troubles: ['Plugin "evil" breaks the contract: <script>alert(4)</script> decided "fly"'],
  quality: [{ suite: "copy", metric: "score", value: estimate(0.81, 0.05) }],
  cost: costOf({ blocks: 11, readouts: 3, fills: 1, probes: 0.06 }),
  heights: [0, 0, 0, 0, 0, 0, 0, 0, 140, 0, 0, 0, 1100],
  exitRate: 0.113,
};

const SKIPPED: ArmSummary = {
  label: "d_llm(router=tiny)",
  role: "policy",
  fill: "hole",
  card: { ...card("Routes tokens around blocks", "Wang et al. 2024, §3"), training: "required" },
  counts: { ok: 0, failed: 0, skipped: 312 },
  troubles: ['Cannot run policy "d_llm" on model "tiny": no router was trained for it'],
  quality: [],
};

const ARMS: readonly ArmSummary[] = [FULL, CALM, STATE, SKIPPING, EXIT, HOSTILE, SKIPPED];

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
      { arm: CALM.label, tokens: tokensOf(WORDS, CALM_HEIGHTS), score: 1, ended: "stop" },
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
          .map((token, i) => ({ ...token, differs: i === 16 || i === 20 })),
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
].map(([term, definition]) => ({ term: term!, definition: definition! }));

/** The fixture. */
export const SUMMARY: Summary = {
  manifest: MANIFEST,
  answer: [
    "calm(measure=softmax,threshold=0.9) is 1.21× faster than full depth [1.18, 1.25] and keeps 99.0 % of its quality.",
    "unified_layer_skipping(ratio=2) and fixed_exit(exit=6) are faster still, but fall below the quality gate.",
  ],
  arms: ARMS,
  pareto: PARETO,
  noise: {
    sentinel: { value: 1.003, low: 0.996, high: 1.01, clusters: 12 },
    verdict: "quiet",
    reasons: [],
    margin: 0.014,
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
