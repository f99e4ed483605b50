/**
 * Depthbench as a library: compare early-exit, layer-skipping and
 * self-speculative decoding policies of decoder-only language models.
 *
 * Runs in Deno and in browsers. Importing this module opens nothing: models,
 * backends and report libraries load when they are used.
 *
 * @example
 * ```ts
 * import { armOf, cpuBackend, fullDepth, memoryStore, planRun, runPlan, syntheticModel } from "@depthbench/depthbench";
 * import { copy, fixedExit, summarize } from "@depthbench/depthbench";
 * import { assertEquals } from "@std/assert";
 *
 * const model = syntheticModel({
 *   layerCount: 4, dModel: 32, heads: 2, kvHeads: 1, headDim: 16, ffnSize: 64,
 *   vocabSize: 300, context: 128, tiedHead: true, seed: 7,
 * });
 * const plan = await planRun({
 *   model,
 *   backend: cpuBackend,
 *   suites: [{ plugin: copy, size: "smoke", split: "test", seed: 0, limit: 2 }],
 *   arms: [armOf(fullDepth), armOf(fixedExit, { options: { exit: 2 } })],
 *   passes: ["free", "lockstep"],
 *   seed: 0, repetitions: 1, timedTokens: 4, margin: 0.01, harness: "example",
 *   environment: { cpu: "any", cores: 1, memoryBytes: 0, os: "any", runtime: "any", clockStepMs: 0, clockCostMs: 0 },
 *   encodePrompt: (prompt) => model.tokenizer.encode(prompt),
 * });
 * const store = memoryStore();
 * await runPlan(plan, { store });
 * plan.close();
 * assertEquals(summarize(await store.read()).arms.length, 2);
 * ```
 *
 * @module
 */
export * from "./harness/contract/mod.ts";
export { armOf, type ArmSettings } from "./harness/arm_request.ts";
export {
  type LearnThenTest,
  learnThenTest,
  type LossTable,
  type Strictest,
  type TestedSetting,
  type TestResult,
} from "./harness/calibrate/fixed_sequence.ts";
export {
  type CalibrationMethod,
  FROZEN_SCHEMA,
  type FrozenEstimate,
  type FrozenOptions,
  frozenOptionsJsonSchema,
  type FrozenSetting,
  parseFrozenOptions,
} from "./harness/calibrate/frozen_options.ts";
export type { ItemIds } from "./harness/calibrate/item_ids.ts";
export type { Risk } from "./harness/calibrate/prompt_losses.ts";
export type { QuantileRule } from "./harness/calibrate/quantile_rules.ts";
export type { RiskBound, RiskLevel } from "./harness/calibrate/risk_bound.ts";
export { type GateLimits } from "./harness/gate/compare_facts.ts";
export { factsOf } from "./harness/gate/facts.ts";
export { type GateRequest, judgeGate } from "./harness/gate/gate.ts";
export {
  baselineJsonSchema,
  gateJsonSchema,
  parseBaseline,
  parseGateReport,
} from "./harness/gate/schema.ts";
export { timeCheck, type TimeGate } from "./harness/gate/time_check.ts";
export { memoryStore } from "./harness/memory_store.ts";
export {
  type ArmRequest,
  planRun,
  type RunHandling,
  type RunPlan,
  runPlan,
  type RunProgress,
  type RunRequest,
  type SuiteRequest,
} from "./harness/runner.ts";
export type { SectionClock } from "./harness/run_request.ts";
export type { PassArm, PassContext, PassItem } from "./harness/passes/cells.ts";
export { composeDrafts, type ComposedState, type DraftMember } from "./harness/compose_drafts.ts";
export { certify, type CertifyRequest } from "./harness/decode/speculate/certify.ts";
export { MeteredSession } from "./harness/decode/metered_session.ts";
export { LedgerCounter } from "./harness/decode/ledger.ts";
export * from "./harness/trace/mod.ts";
export * from "./harness/replay/mod.ts";
export { summarize, type SummaryOptions } from "./harness/summary/mod.ts";
export { parsePolicySpecs, type PolicySource, type PolicySpec } from "./harness/spec_text.ts";
export { cpuBackend } from "./backends/cpu/mod.ts";
export { wasmBackend } from "./backends/wasm/mod.ts";
export { webgpuBackend } from "./backends/webgpu/mod.ts";
export { type EmbeddedModel, embeddedModels } from "./models/embedded/mod.ts";
export { type EmbeddedParts, embeddedParts } from "./models/embedded/parts.ts";
export {
  HEIGHT_CONVENTION,
  joinParts,
  type LayoutBase,
  type LayoutPart,
  type LayoutStep,
  type PartsFile,
  partsFor,
  type PartsLayout,
  partsLayoutJsonSchema,
  readParts,
} from "./models/mod.ts";
export { encodeChat, memorySource, openFolder, openModel, syntheticModel } from "./models/mod.ts";
export type {
  GgufLimits,
  ModelFolder,
  OpenModelOptions,
  ReadGgufOptions,
  SyntheticShape,
} from "./models/mod.ts";
export * from "./policies/mod.ts";
export { html, json, markdown, type ReportPlugin, reports } from "./reports/mod.ts";
export { csv, gateMarkdown, junit } from "./reports/mod.ts";
export { arithmetic, copy, prose, recall, suites } from "./suites/mod.ts";
export { arithmeticHard, brackets, counting, induction, parity, recallMany } from "./suites/mod.ts";
export { code, codeLine, keywords, markov, mixed, reverse, sentenceVote } from "./suites/mod.ts";
export { sorting, speed, studies } from "./suites/mod.ts";
