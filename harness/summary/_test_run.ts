/**
 * Small made-up runs for the tests of this folder.
 *
 * @module
 */
import type { ModelInfo } from "../contract/model.ts";
import type { PolicyCard } from "../contract/policy.ts";
import type {
  Arm,
  FreeRecord,
  Ledger,
  LockstepRecord,
  Manifest,
  RunRecord,
  StoredRun,
  SuiteUse,
  TimedRecord,
} from "../contract/record.ts";

/** SmolLM2-135M's shapes: one readout costs as much as 8 blocks. */
export const MODEL: ModelInfo = {
  name: "smollm2",
  family: "llama",
  layerCount: 30,
  dModel: 576,
  ffnSize: 1536,
  gated: true,
  heads: 9,
  kvHeads: 3,
  headDim: 64,
  vocabSize: 49_152,
  tiedHead: true,
  context: 2048,
  digest: "sha256:0",
};

const CARD: PolicyCard = {
  summary: "A policy",
  source: "none",
  acts: ["generation", "scoring"],
  lossless: false,
  training: "none",
  layers: "heights",
  deviations: [],
};

/** An arm by label; the first one of a run is its baseline. */
export function arm(label: string, changes: Partial<Arm> = {}): Arm {
  return {
    label,
    policy: label,
    options: {},
    fill: "none",
    role: "policy",
    card: CARD,
    digest: label,
    ...changes,
  };
}

/** A suite by name. */
export function suite(name: string, measure: SuiteUse["measure"] = "generation"): SuiteUse {
  return {
    name,
    summary: name,
    version: 1,
    measure,
    size: "smoke",
    split: "test",
    seed: 7,
    items: 0,
    digest: name,
  };
}

/** Parts of a made-up run. */
export interface TestRun {
  /** Arms, baseline first. */
  readonly arms: readonly Arm[];
  /** Suites. */
  readonly suites: readonly SuiteUse[];
  /** Records. */
  readonly records: readonly RunRecord[];
  /** Features of the backend. */
  readonly features?: readonly string[];
}

/** A stored run with one stored item per item id. */
export function storedRun({ arms, suites, records, features = [] }: TestRun): StoredRun {
  const manifest: Manifest = {
    schema: 1,
    digest: "run",
    harness: "0.1.0",
    started: "2026-01-01T00:00:00Z",
    seed: 7,
    model: MODEL,
    tokenizer: "sha256:1",
    backend: { name: "cpu", kernels: "1", features },
    arms,
    suites,
    passes: ["free", "lockstep", "timed"],
    repetitions: 2,
    timedTokens: 10,
    margin: 0.01,
    environment: {
      cpu: "test",
      cores: 2,
      memoryBytes: 1,
      os: "test",
      runtime: "test",
      clockStepMs: 0.001,
      clockCostMs: 0.0001,
    },
  };
  const items = new Map(records.map(({ suite, item }) => [
    `${suite}/${item}`,
    { suite, item, prompt: `prompt of ${item}`, target: `target of ${item}` },
  ]));
  return { manifest, items: [...items.values()], records };
}

const place = (arm: string, item: string, repetition = 0) => ({
  cell: `${arm}/${item}/${repetition}`,
  item,
  group: item,
  arm,
  repetition,
});

/** What decoding a token costs. */
export interface TokenCost {
  /** Blocks run per token. */
  readonly blocks?: number;
  /** Readouts per token. */
  readonly readouts?: number;
  /** Projected entries per token. */
  readonly projected?: number;
}

/** The ledger of some decode steps at 128 visible positions. */
export function ledger(tokens: number, cost: TokenCost = {}): Ledger {
  const { blocks = 30, readouts = 1, projected = 0 } = cost;
  const visible = 128;
  const block = 3_538_944, kv = 2 * 192;
  return {
    rows: tokens,
    attention: tokens * blocks,
    mlp: tokens * blocks,
    readouts: tokens * readouts,
    vocabularyRows: tokens * readouts * 49_152,
    probeMacs: 0,
    fills: { project: tokens * projected, hole: 0, copy: 0, none: 0, recompute: 0 },
    reads: tokens * readouts,
    macs: tokens *
      (blocks * (block + 2 * 576 * visible) + readouts * 28_311_552 + projected * 221_184),
    weightElements: tokens * (blocks * block + readouts * 28_311_552 + projected * 221_184),
    kvWritten: tokens * (blocks + projected) * kv,
    kvRead: tokens * blocks * visible * kv,
  };
}

/** A generation of as many tokens as heights; costs as given per decoded token. */
export function free(
  arm: string,
  item: string,
  { suite = "copy", tokens = [1, 2, 3], heights, score, cost }: {
    readonly suite?: string;
    readonly tokens?: readonly number[];
    readonly heights?: readonly number[];
    readonly score?: number;
    readonly cost?: TokenCost;
  } = {},
): FreeRecord {
  const reached = heights ?? tokens.map(() => 30);
  return {
    ...place(arm, item),
    suite,
    pass: "free",
    outcome: "ok",
    promptTokens: 5,
    tokens,
    text: tokens.join(" "),
    pieces: tokens.map((token) => `<${token}>`),
    heights: reached,
    blocksRun: reached,
    ended: "stop",
    ...(score === undefined ? {} : { score }),
    promptLedger: ledger(5),
    decodeLedger: ledger(tokens.length - 1, cost),
  };
}

/** A comparison on a given text. */
export function lockstep(
  arm: string,
  item: string,
  { suite = "prose", group = item, fullNll = [1, 2], policyNll = fullNll, flips, heights }: {
    readonly suite?: string;
    readonly group?: string;
    readonly fullNll?: readonly number[];
    readonly policyNll?: readonly number[];
    readonly flips?: readonly number[];
    readonly heights?: readonly number[];
  } = {},
): LockstepRecord {
  const reached = heights ?? fullNll.map(() => 30);
  return {
    ...place(arm, item),
    suite,
    group,
    pass: "lockstep",
    outcome: "ok",
    tokens: fullNll.map((_, t) => t),
    pieces: fullNll.map((_, t) => `w${t} `),
    text: "target",
    fullNll,
    policyNll,
    kl: policyNll.map((nll, t) => Math.abs(nll - fullNll[t]!)),
    flips: flips ?? fullNll.map(() => 0),
    fullMargins: fullNll.map(() => 1),
    heights: reached,
    blocksRun: reached,
    targetBytes: 10,
    order: "batch",
  };
}

/** A timed visit. */
export function timed(
  arm: string,
  item: string,
  { repetition = 0, decodeMs, steps = 10, cost, startMs }: {
    readonly repetition?: number;
    readonly decodeMs: number;
    readonly steps?: number;
    readonly cost?: TokenCost;
    readonly startMs?: number;
  },
): TimedRecord {
  return {
    ...place(arm, item, repetition),
    suite: "copy",
    pass: "timed",
    outcome: "ok",
    order: 0,
    promptTokens: 5,
    steps,
    decodeMs,
    blocksRun: steps * (cost?.blocks ?? 30),
    decodeLedger: ledger(steps, cost),
    memory: { weightBytes: 1, partBytes: 0, kvBytes: 1, scratchBytes: 1 },
    ...(startMs === undefined ? {} : { startMs }),
  };
}
