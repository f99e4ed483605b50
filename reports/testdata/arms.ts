/**
 * The arms of the fixture: every way in which an arm can look.
 *
 * @module
 */
import type {
  ArmSummary,
  CostView,
  Estimate,
  SuiteQuality,
} from "../../harness/contract/summary.ts";

/** A label that tries to leave every context that it is put in. */
export const HOSTILE_LABEL =
  'evil</style><script>alert(1)</script>"><img src=x onerror=alert(2)>(a="\u202e|@team #12 `x`")';

/** Blocks of the fixture's model. */
export const LAYERS = 12;

/** An estimate with a symmetric interval. */
export function estimate(value: number, half: number, clusters = 12): Estimate {
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

/** Generation suites of the fixture. */
export const SUITES = ["copy", "recall", "arithmetic"] as const;
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

/** The baseline. */
export const FULL: ArmSummary = armOf({
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

/** Sound, faster, lossy. */
export const CALM: ArmSummary = armOf({
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

/** Sound and inconclusive. */
export const STATE: ArmSummary = armOf({
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

/** Fast and below the gate. */
export const SKIPPING: ArmSummary = armOf({
  label: "unified_layer_skipping(ratio=2)",
  fill: "none",
  card: card("Runs evenly spaced blocks at a target ratio", "Liu et al. 2024, arXiv:2404.06954"),
  quality: { scores: [0.9, 0.858, 0.508], nll: 1.91, classes: ["fail", "fail", "fail", "fail"] },
  speed: { ratio: 1.87, verdict: "faster" },
  cost: { blocks: 6, readouts: 1, fills: 0 },
  agreement: 0.846,
  kl: 0.214,
  heights: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1391],
});

/** Fastest and worst. */
export const EXIT: ArmSummary = armOf({
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

/** Partly failed, hostile strings, values absent. */
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

/** Wholly skipped. */
export const SKIPPED: ArmSummary = {
  label: "d_llm(router=tiny)",
  role: "policy",
  fill: "hole",
  card: {
    ...card("Routes tokens around blocks", "Jiang et al. 2024, D-LLM"),
    training: "required",
  },
  counts: { ok: 0, failed: 0, skipped: 312 },
  troubles: ['Cannot run policy "d_llm" on model "tiny": no router was trained for it'],
  quality: [],
};

/** All arms, baseline first. */
export const ARMS: readonly ArmSummary[] = [FULL, CALM, STATE, SKIPPING, EXIT, HOSTILE, SKIPPED];
