/**
 * A table of random numbers, without a model: for tests and benches.
 *
 * @module
 */
import type { ModelInfo } from "../contract/model.ts";
import { declareSignals } from "../contract/signal.ts";
import { createRandom } from "../numerics/random.ts";
import { traceManifest } from "../trace/trace_items.ts";
import type { TraceColumn, TracedItem } from "../trace/trace_store.ts";
import { TOKEN_KEY, tracedSignals } from "../trace/traced_signal.ts";
import { joinRows, type TraceTable } from "./trace_table.ts";

/** Size of a table. */
export interface TestTable {
  /** Number of items, each with its own prompt length. */
  readonly items: number;
  /** Positions of an item. */
  readonly length: number;
  /** Heights traced. */
  readonly heights: readonly number[];
  /** Number of blocks; 8 by default. */
  readonly layerCount?: number;
}

/** Margins in steps of 1/4 with some NaN, entropies that fall with height. */
export function testTable({ items, length, heights, layerCount = 8 }: TestTable): TraceTable {
  const model: ModelInfo = {
    name: "table",
    family: "llama",
    layerCount,
    dModel: 16,
    ffnSize: 32,
    gated: true,
    heads: 2,
    kvHeads: 1,
    headDim: 8,
    vocabSize: 100,
    tiedHead: true,
    context: 4096,
    digest: "sha256:none",
  };
  const manifest = traceManifest({
    harness: "test",
    seed: 1,
    model,
    tokenizer: "sha256:none",
    backend: { name: "none", kernels: "none", features: [] },
    suites: [],
    text: { kind: "target" },
    heights,
    signals: tracedSignals(declareSignals("margin", "entropy", "cosine"), { dModel: 16 }),
    measures: ["kl"],
  });
  const random = createRandom(7);
  const cells = length * heights.length;
  const column = (of: (level: number) => number): TraceColumn =>
    Float32Array.from({ length: cells }, (_, i) => of(i % heights.length));
  const rows = Array.from({ length: items }, (_, i): TracedItem => ({
    item: `item-${i}`,
    suite: "table",
    group: `item-${i}`,
    outcome: "ok",
    promptTokens: 2 + i % 4,
    limits: { maxTokens: 20 + i % 2, context: 4096 },
    columns: {
      [TOKEN_KEY]: Int32Array.from({ length: cells }, () => random.int(3)),
      "margin@shared": column(() =>
        random.uniform() < 0.05
          ? NaN
          : random.uniform() < 0.5
          ? random.int(5) / 4
          : random.uniform()
      ),
      "entropy@shared": column((level) => 4 * random.uniform() * (1 - level / heights.length)),
      "cosine~previous_block": column(() => random.uniform()),
      kl: column((level) => random.uniform() * (1 - level / heights.length)),
    },
    target: Int32Array.from({ length }, () => random.int(3)),
    finalToken: Int32Array.from({ length }, () => random.int(3)),
    finalMargin: new Float32Array(length),
    finalNll: new Float32Array(0),
  }));
  return joinRows(manifest, rows);
}
