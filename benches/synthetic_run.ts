/**
 * A made-up run of any size, for benches of summaries and reports.
 *
 * Ten policies beside full depth and its copy, five suites; free and lockstep
 * records of every item, timed records for the rest. Seeded.
 *
 * @module
 */
import type {
  Arm,
  FreeRecord,
  Ledger,
  LockstepRecord,
  Manifest,
  RecordBase,
  RunRecord,
  StoredRun,
  SuiteUse,
  TimedRecord,
} from "../harness/contract/record.ts";
import { createRandom, type Random } from "../harness/numerics/random.ts";

const LAYERS = 12, STEPS = 16, ITEMS = 100, POLICIES = 10;
const SUITES = ["copy", "recall", "arithmetic", "sorting", "prose"];

/** A stored run of at least so many records. */
export function syntheticRun(records: number, seed = 1): StoredRun {
  const random = createRandom(seed);
  const arms = [
    armOf("full_depth", "baseline"),
    ...Array.from({ length: POLICIES }, (_, k) => armOf(`exit_${k}`, "policy")),
    armOf("full_depth again", "sentinel"),
  ];
  const untimed = SUITES.length * ITEMS * (POLICIES + 1) * 2;
  const visits = Math.max(
    1,
    Math.ceil((records - untimed) / (SUITES.length * ITEMS * arms.length)),
  );
  const all: RunRecord[] = [];
  for (const suite of SUITES) {
    for (let i = 0; i < ITEMS; i++) {
      const item = `${suite}-${i}`, level = 1 + random.uniform();
      for (const [k, { label, role }] of arms.entries()) {
        const base = (repetition: number): RecordBase => ({
          cell: `${item}/${label}/${repetition}`,
          suite,
          item,
          group: item,
          arm: label,
          repetition,
        });
        const blocks = role === "policy" ? LAYERS - (k % 6) : LAYERS;
        if (role !== "sentinel") {
          all.push(freeOf(base(0), { blocks, random }), lockstepOf(base(0), { blocks, random }));
        }
        for (let r = 0; r < visits; r++) all.push(timedOf(base(r), { blocks, level, random }));
      }
    }
  }
  return { manifest: manifestOf(arms, { seed, visits }), items: [], records: all };
}

function armOf(label: string, role: Arm["role"]): Arm {
  return {
    label,
    policy: label,
    options: {},
    fill: "project",
    role,
    scope: "block",
    digest: label,
    card: {
      summary: "Made up",
      source: "none",
      acts: ["generation", "scoring"],
      lossless: false,
      training: "none",
      layers: "heights",
      deviations: [],
    },
  };
}

interface Shape {
  readonly blocks: number;
  readonly random: Random;
}

function ledgerOf(tokens: number, blocks: number): Ledger {
  return {
    rows: tokens,
    attention: tokens * blocks,
    mlp: tokens * blocks,
    readouts: tokens,
    vocabularyRows: tokens * 96,
    probeMacs: 0,
    fills: { project: tokens * (LAYERS - blocks), hole: 0, copy: 0, none: 0, recompute: 0 },
    reads: tokens,
    macs: tokens * (blocks + 1) * 200_000,
    weightElements: tokens * (blocks + 1) * 200_000,
    kvWritten: tokens * LAYERS * 128,
    kvRead: tokens * blocks * 4096,
  };
}

const filled = (of: () => number): readonly number[] => Array.from({ length: STEPS }, of);

function freeOf(base: RecordBase, { blocks, random }: Shape): FreeRecord {
  return {
    ...base,
    pass: "free",
    outcome: "ok",
    promptTokens: 20,
    tokens: filled(() => random.int(96)),
    text: "made up",
    pieces: new Array<string>(STEPS).fill("x"),
    heights: filled(() => blocks),
    blocksRun: filled(() => blocks),
    ended: "stop",
    score: random.uniform() < 0.8 ? 1 : 0,
    promptLedger: ledgerOf(20, LAYERS),
    decodeLedger: ledgerOf(STEPS - 1, blocks),
  };
}

function lockstepOf(base: RecordBase, { blocks, random }: Shape): LockstepRecord {
  const fullNll = filled(() => 2 * random.uniform());
  const heights = filled(() => blocks);
  return {
    ...base,
    pass: "lockstep",
    outcome: "ok",
    tokens: filled(() => random.int(96)),
    pieces: new Array<string>(STEPS).fill("x"),
    text: "target",
    fullNll,
    policyNll: fullNll.map((nll) => nll + 0.02 * random.normal()),
    kl: filled(() => 0.01 * random.uniform()),
    flips: filled(() => random.uniform() < 0.05 ? 1 : 0),
    fullMargins: filled(() => random.uniform()),
    heights,
    blocksRun: heights,
    targetBytes: 30,
    order: "batch",
    oracle: {
      stable: filled(() => random.int(12)),
      first: filled(() => 2),
      regret: filled(() => 1),
    },
  };
}

function timedOf(
  base: RecordBase,
  { blocks, level, random }: Shape & { readonly level: number },
): TimedRecord {
  const step = level * (blocks + 2) / (LAYERS + 2);
  const stepMs = filled(() => step * Math.exp(0.03 * random.normal()));
  return {
    ...base,
    pass: "timed",
    outcome: "ok",
    order: 0,
    startMs: base.repetition * 1000 + random.uniform(),
    promptTokens: 20,
    steps: STEPS,
    prefillMs: 5 * level,
    decodeMs: stepMs.reduce((a, b) => a + b),
    stepMs,
    blocksRun: STEPS * blocks,
    decodeLedger: ledgerOf(STEPS, blocks),
    memory: { weightBytes: 2_400_000, partBytes: 0, kvBytes: 500_000, scratchBytes: 100_000 },
  };
}

function manifestOf(
  arms: readonly Arm[],
  { seed, visits }: { readonly seed: number; readonly visits: number },
): Manifest {
  return {
    schema: 1,
    digest: "synthetic",
    harness: "bench",
    started: "2026-01-01T00:00:00Z",
    seed,
    model: {
      name: "synthetic",
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
      digest: "synthetic",
    },
    tokenizer: "synthetic",
    backend: { name: "none", kernels: "none", features: [] },
    arms,
    suites: SUITES.map((name): SuiteUse => ({
      name,
      summary: name,
      version: 1,
      measure: name === "prose" ? "likelihood" : "generation",
      size: "standard",
      split: "test",
      seed,
      items: ITEMS,
      digest: name,
    })),
    passes: ["free", "lockstep", "timed"],
    repetitions: visits,
    timedTokens: STEPS,
    margin: 0.01,
    environment: {
      cpu: "none",
      cores: 1,
      memoryBytes: 0,
      os: "none",
      runtime: "none",
      clockStepMs: 0,
      clockCostMs: 0,
    },
  };
}
