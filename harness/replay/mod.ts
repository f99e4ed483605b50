/**
 * Replay: thousands of settings over one trace, without running the model.
 *
 * @example
 * ```ts
 * import { armOf, calm, cpuBackend, curveOf, declareSignals, memoryTraceStore } from "@depthbench/depthbench";
 * import { Replayer, syntheticModel, tracedSignals, traceItems, traceManifest, traceTable } from "@depthbench/depthbench";
 * import { assertEquals } from "@std/assert";
 *
 * const { checkpoint, tokenizer } = syntheticModel({
 *   layerCount: 4, dModel: 32, heads: 2, kvHeads: 1, headDim: 16, ffnSize: 64,
 *   vocabSize: 300, context: 128, tiedHead: true, seed: 7,
 * });
 * const session = await cpuBackend.open(checkpoint, { slots: 1, context: 64 });
 * const { model, backend } = session;
 * const manifest = traceManifest({
 *   harness: "example", seed: 0, model, tokenizer: tokenizer.digest, backend, suites: [],
 *   text: { kind: "target" }, heights: [1, 2, 3], measures: [],
 *   signals: tracedSignals(declareSignals("margin"), { dModel: model.dModel }),
 * });
 * const store = memoryTraceStore();
 * const limits = { maxTokens: 8, context: 64 };
 * const target = tokenizer.encode("and so on");
 * const item = { suite: "own", item: "1", group: "1", prompt: [65], text: () => Promise.resolve({ target, limits }) };
 * await traceItems({ manifest, items: [item] }, { store, session });
 * session.close();
 *
 * const table = await traceTable(manifest, store.rows());
 * const replayer = new Replayer(table);
 * const points = [0, 1].map((threshold) => replayer.point(armOf(calm, { options: { threshold } })));
 * const curve = curveOf(table, points, { seed: 0, resamples: 100 });
 * assertEquals(curve.map(({ blocksRun }) => blocksRun.value), [1, 4]);
 * ```
 *
 * @module
 */
export { compareCurves, type CurveComparison } from "./compare_curves.ts";
export {
  curveName,
  type CurveNumbers,
  curveOf,
  type CurveOptions,
  type CurvePoint,
  frontPoints,
} from "./curve.ts";
export type { ReplayBasis } from "./exactness.ts";
export type { ItemTotals } from "./item_sums.ts";
export { type RealRun, realRun } from "./real_run.ts";
export { Replayer, type ReplayPoint } from "./replayer.ts";
export type { ReplaySetting } from "./setting.ts";
export { type TableItem, type TraceTable, traceTable } from "./trace_table.ts";
