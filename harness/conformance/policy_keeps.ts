/**
 * What a policy keeps of the vocabulary: asked on every sample model, and sane.
 *
 * @module
 */
import type { VocabularyKeep } from "../contract/policy.ts";
import type { WatchedCall } from "./policy_answers.ts";
import { caseText, type PolicyCase } from "./policy_cases.ts";
import { shown } from "./policy_shape.ts";
import { watch } from "./watch.ts";

/** Calls of `keep`, and the first answer that is none. */
export function keepFault(
  each: PolicyCase,
): { readonly calls: readonly WatchedCall[]; readonly fault: string | undefined } {
  const { plugin, options, run: { model } } = each;
  const keeps = plugin.scope === "block" || plugin.scope === "rule" || plugin.scope === "readout";
  if (!keeps || plugin.keep === undefined) return { calls: [], fault: undefined };
  const where = caseText(each);
  const watched = watch((guard) => plugin.keep?.(guard(model, "model"), guard(options, "options")));
  const calls = [{ call: "keep", where, watched }];
  const { answer, thrown } = watched;
  if (thrown !== undefined || (answer === undefined && plugin.scope !== "readout")) {
    return { calls, fault: undefined };
  }
  const { k, from } = (answer ?? { k: NaN, from: NaN }) as VocabularyKeep;
  const isSane = Number.isInteger(k) && k >= 2 && k <= model.vocabSize &&
    Number.isInteger(from) && from >= 0 && from < model.layerCount;
  return {
    calls,
    fault: isSane ? undefined : `expected keep to name 2 to ${model.vocabSize} tokens from a ` +
      `height of 0 to ${model.layerCount - 1}: with ${where} it answers ${shown(k)} from ${
        shown(from)
      }`,
  };
}
