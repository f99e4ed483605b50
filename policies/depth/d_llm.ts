/**
 * D-LLM: a small decision module in front of each block says whether it runs.
 *
 *     g(x) = A₂ · SiLU(RMSNorm(A₁ x + c₁)) + c₂          x: state in front of the block
 *     the block runs iff softmax(g(x))₁ ≥ threshold       index 0 skip, 1 execute
 *
 * Attention and MLP share the decision. Blocks below `startLayer` have no module and
 * the first `reserve` positions run every block, prompt and answer alike. A skipped
 * block leaves a hole: later tokens do not see the position there.
 *
 * Source: Jiang et al. 2024, NeurIPS, "D-LLM".
 * Cost: dModel · width + 2 · width MACs per module, and one wait for each.
 * Output: lossy; with trained blocks the reference is their own full depth.
 * Errors: `RangeError` if `startLayer` leaves no block; `UsageError` without the
 * trained parts "d_llm.<height>".
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode dLlm}. */
export interface DLlmOptions {
  /** Smallest probability of execution with which a block runs, in [0, 1]; 0 runs all. */
  readonly threshold: number;
  /** s₀: blocks below it always run. */
  readonly startLayer: number;
  /** m: positions below it run every block. */
  readonly reserve: number;
  /** Whether the prompt is routed as well. */
  readonly prompt: boolean;
}

/** When a block is skipped, as data. A NaN probability never skips. */
export function dLlmRule(
  { layerCount }: Pick<contract.ModelInfo, "layerCount">,
  { startLayer, reserve, threshold }: DLlmOptions,
): contract.Rule {
  return {
    at: Array.from({ length: layerCount - startLayer }, (_, i) => startLayer + i),
    signal: "execute",
    is: "<",
    value: reserve === 0
      ? threshold
      : (point) => point.position < reserve ? Number.NEGATIVE_INFINITY : threshold,
    bound: 0,
  };
}

/** Refuses a start above the last block. */
export function validateDLlm(model: contract.ModelInfo, { startLayer }: DLlmOptions): void {
  if (startLayer < model.layerCount) return;
  throw new RangeError(
    `Cannot decide from block ${startLayer} on: expected at most ${model.layerCount - 1}, the ` +
      `last block of model "${model.name}": lower option "startLayer"`,
  );
}

/** D-LLM as a plugin. */
export const dLlm: contract.RulePolicy<DLlmOptions> = {
  name: "d_llm",
  family: "depth",
  scope: "rule",
  card: {
    summary: "Skips blocks token by token, as trained modules in front of them decide",
    source: "Jiang et al. 2024, NeurIPS; the body of the paper was not at hand, its code was",
    acts: ["generation", "scoring"],
    lossless: false,
    training: "required",
    layers: "The paper's layer l from 0 is block l; its module reads the state at height l",
    deviations: [
      "On a model that was not tuned with them (no LoRA), modules are trained against frozen blocks that never saw a hole",
      "The hidden width of a module is dModel ÷ 8, the paper's ratio at 4,096, not its 512",
      "Rows of a prompt that skip a block are left out of it, which gives what the released masking gives",
      "threshold other than 0.5 and prompt=false (prompt at full depth) are ablations of ours",
    ],
  },
  options: {
    threshold: contract.unitInterval({
      help: "Smallest probability of execution with which a block runs; 0 runs all",
      default: 0.5,
    }),
    startLayer: contract.numberOption({
      help: "Blocks below it always run",
      min: 0,
      integer: true,
      default: 2,
    }),
    reserve: contract.numberOption({
      help: "Positions below it run every block",
      min: 0,
      integer: true,
      default: 2,
    }),
    prompt: contract.flagOption({
      help: "Whether the prompt is routed as well (the paper), or runs full depth",
      default: true,
    }),
  },
  defaultFill: () => "hole",
  actsOnPrompt: ({ prompt }) => prompt,
  validate: validateDLlm,
  signals: () => [{ name: "execute", kind: "probe", probe: "d_llm", output: 1, perHeight: true }],
  rule: (model, options) => ({ when: dLlmRule(model, options), then: "skip" }),
};
