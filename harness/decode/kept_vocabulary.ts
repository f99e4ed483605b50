/**
 * The part of the vocabulary that a policy's readouts keep, checked.
 *
 * @module
 */
import { ContractError } from "../contract/errors.ts";
import type { ModelInfo } from "../contract/model.ts";
import type { BlockPolicy, RulePolicy, VocabularyKeep } from "../contract/policy.ts";
import type { SignalDeclaration } from "../contract/signal.ts";

/** Which tokens are kept, and the readout whose likeliest they are: the first one declared. */
export interface KeptVocabulary extends VocabularyKeep {
  /** The readout. */
  readonly chooser: Extract<SignalDeclaration, { kind: "readout" }>;
}

/**
 * What a policy keeps, `undefined` for all.
 *
 * Errors: `ContractError` for numbers out of range; `RangeError` for a policy that reads no
 * signal of a readout, which could not choose.
 */
export function keptVocabulary(
  plugin: Pick<BlockPolicy<unknown> | RulePolicy<unknown>, "name" | "keep" | "signals">,
  { model, options }: { readonly model: ModelInfo; readonly options: unknown },
): KeptVocabulary | undefined {
  const keep = plugin.keep?.(model, options);
  if (keep === undefined) return undefined;
  const { k, from } = keep;
  if (!(Number.isInteger(k) && k >= 2 && k <= model.vocabSize)) {
    throw new ContractError(plugin.name, `it keeps ${k} tokens: expected 2 to ${model.vocabSize}`);
  }
  const top = model.layerCount - 1;
  if (!(Number.isInteger(from) && from >= 0 && from <= top)) {
    throw new ContractError(
      plugin.name,
      `it keeps tokens from height ${from}: expected 0 to ${top}`,
    );
  }
  const chooser = plugin.signals(options).find((signal) => signal.kind === "readout");
  if (chooser !== undefined) return { k, from, chooser };
  throw new RangeError(
    `Cannot keep a part of the vocabulary in policy "${plugin.name}": it reads no signal of a ` +
      'readout: choose one that does, such as "calm(measure=softmax)"',
  );
}
