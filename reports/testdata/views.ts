/**
 * What the fixture shows beside its arms' numbers: choices, ledger, confidence,
 * another backend. The numbers are invented, and plausible.
 *
 * @module
 */
import type {
  ClassChoice,
  ExitConfidence,
  LedgerView,
  NoiseScreen,
  Parity,
  SampleToken,
  Speed,
} from "../../harness/contract/summary.ts";
import { CALM, estimate, EXIT, FULL, HOSTILE_LABEL, SKIPPING } from "./arms.ts";

/** Class C has a policy, A and B have reasons. */
export const CHOICES: readonly ClassChoice[] = [
  { quality: "A", reason: "No policy keeps it. The nearest is calm: it keeps 97.9 %." },
  { quality: "B", reason: "No policy keeps it. The nearest is calm: it keeps 97.9 %." },
  {
    quality: "C",
    arm: CALM.label,
    gain: CALM.speed!.perPrompt,
    lowest: { suite: "arithmetic", ratio: estimate(0.979, 0.009, 120) },
  },
];

/** Where the time goes; the terms add up. */
export function ledgerOf(
  terms: Pick<LedgerView, "blocksMs" | "readoutsMs" | "fillsMs">,
  measuredMs: number,
): LedgerView {
  const predictedMs = terms.blocksMs + terms.readoutsMs + terms.fillsMs + 0.15;
  const residual = (measuredMs - predictedMs) / 4.1;
  return {
    ...terms,
    waitsMs: 0.1,
    stepMs: 0.05,
    predictedMs,
    measuredMs,
    residual,
    red: Math.abs(residual) > 0.1,
    predictedSpeedUp: 4 / predictedMs,
    blocksOnlySpeedUp: 3.7 / terms.blocksMs,
  };
}

/** By arm. */
export const LEDGERS: ReadonlyMap<string, LedgerView> = new Map([
  [FULL.label, ledgerOf({ blocksMs: 3.7, readoutsMs: 0.2, fillsMs: 0 }, 4.1)],
  [CALM.label, ledgerOf({ blocksMs: 2.5, readoutsMs: 0.6, fillsMs: 0.05 }, 3.39)],
  [EXIT.label, ledgerOf({ blocksMs: 1.85, readoutsMs: 0.2, fillsMs: 0 }, 2.8)],
]);

/** Confidence of exits at two heights; the signal's name is hostile. */
export const CONFIDENCE: ExitConfidence = {
  signal: '<margin onload="x">',
  kind: "margin",
  bins: [
    { height: 3, confidence: 0.91, agreement: estimate(0.62, 0.11, 9), tokens: 40 },
    { height: 3, confidence: 0.97, agreement: estimate(0.88, 0.06, 9), tokens: 40 },
    { height: 6, confidence: 0.92, agreement: estimate(0.9, 0.08, 12), tokens: 33 },
    { height: 6, confidence: 0.99, agreement: estimate(0.98, 0.02, 12), tokens: 34 },
  ],
  leftOut: 5,
};

/** What CALM read of a token. */
export function readAt(height: number): Pick<SampleToken, "read"> {
  return height >= 12
    ? { read: { height: 11, signals: [{ name: "margin", value: 0.412 }] } }
    : { read: { height, signals: [{ name: "margin", value: 0.934 }] } };
}

/** Another backend: one arm equal, one not, one place hostile. */
export const PARITY: Parity = {
  here: { name: "cpu", kernels: "1a2b3c4d5e6f", features: ["f32"] },
  there: { name: "wasm", kernels: "9f8e7d6c5b4a", features: ["<b>int8</b>"] },
  run: `sha256:${"fedcba9876543210".repeat(4)}`,
  notCompared: ["Suite <i>prose</i> has other items there."],
  arms: [
    {
      arm: SKIPPING.label,
      texts: 120,
      equalTexts: 120,
      positions: 640,
      equalDecisions: 640,
      equalAgreement: 640,
      nllDifference: 0.00021,
      ledgers: 120,
      equalLedgers: 120,
      examples: [],
    },
    {
      arm: HOSTILE_LABEL,
      texts: 120,
      equalTexts: 117,
      positions: 640,
      equalDecisions: 637,
      equalAgreement: 639,
      nllDifference: 0.0034,
      ledgers: 116,
      equalLedgers: 115,
      examples: [
        {
          suite: "copy",
          item: "<u>item</u>",
          position: 3,
          kind: "decision",
          here: "7",
          there: "8",
          margin: 0.0004,
        },
        {
          suite: "copy",
          item: "copy-0009",
          position: 5,
          kind: "token",
          here: "<script>",
          there: " k",
        },
      ],
    },
  ],
};

/** What is told of CALM's timing beside its speed-up; suite and reason are hostile. */
export const TIMING: Partial<Speed> = {
  decisive: { value: 1.21, low: 1.15, high: 1.28, clusters: 12 },
  adjustedPValue: 0.0021,
  suites: [{
    suite: "copy",
    perPrompt: estimate(1.18, 0.05),
    decisive: estimate(1.18, 0.09),
    pValue: 0.004,
    adjustedPValue: 0.016,
    verdict: "faster",
    minimumDetectable: 0.03,
    requiredPrompts: 31,
    fewPrompts: true,
  }],
  stepPercentiles: {
    count: 384,
    prompts: 12,
    stepsPerReading: 4,
    p90: { value: 3.9, low: 3.7, high: 4.2 },
  },
  cells: [{
    suite: "copy",
    level: "512x4",
    promptTokens: 512,
    rows: 4,
    steps: 64,
    prefillMs: estimate(210, 4),
    stepMs: estimate(9.1, 0.2),
    tokensPerSecond: estimate(440, 9),
    speedUp: estimate(1.3, 0.04),
    memory: { weightBytes: 2_600_000, partBytes: 0, kvBytes: 524_288, scratchBytes: 4096 },
    peakBytes: 3_400_000,
  }],
  skippedCells: [{
    suite: "copy",
    level: "2048x8",
    reason: "Needs 2112 positions: <i>context</i> is 512",
  }],
};

/** Noise of two arms, of which the second is the sentinel. */
export const SCREENS: readonly NoiseScreen[] = [
  {
    arm: FULL.label,
    visits: 60,
    outliers: 1,
    mild: 2,
    extreme: 0,
    autocorrelation: 0.12,
    drift: { value: 0.004, low: -0.001, high: 0.009 },
  },
  { arm: "full_depth (A/A)", visits: 2, outliers: 0, mild: 0, extreme: 0 },
];
