/**
 * A policy with another of the readout behind it.
 *
 *     calm(threshold=0.9) + vocabulary_pruning(k=64)
 *
 * The first decides as it does alone; the second says over which tokens its readouts run.
 *
 * @module
 */
import type { ModelInfo } from "./contract/model.ts";
import type { PolicyPlugin, ReadoutPolicy } from "./contract/policy.ts";

/** A policy with its options and its canonical label. */
export interface ReadoutMember<P> {
  /** The policy. */
  readonly plugin: P;
  /** Its options, parsed. */
  readonly options: unknown;
  /** How it is named. */
  readonly label: string;
}

/**
 * Composes. The result has the options of the first policy. Throws `RangeError` where it does
 * not decide at heights, or keeps a part of the vocabulary already.
 */
export function composeReadout(
  first: ReadoutMember<PolicyPlugin>,
  readout: ReadoutMember<ReadoutPolicy<unknown>>,
): PolicyPlugin {
  const name = `${first.label} + ${readout.label}`;
  const { plugin } = first;
  if (plugin.scope !== "block" && plugin.scope !== "rule") {
    throw new RangeError(
      `Cannot compose "${name}": expected a policy that reads out at heights in front of "+": ` +
        `"${first.label}" reads none: choose one such as "calm"`,
    );
  }
  if (plugin.keep !== undefined) {
    throw new RangeError(
      `Cannot compose "${name}": expected one policy of the readout: "${first.label}" keeps a ` +
        "part of the vocabulary already",
    );
  }
  const { card } = plugin;
  const behind = readout.plugin.card;
  return {
    ...plugin,
    card: {
      ...card,
      summary: `${card.summary}; ${behind.summary.charAt(0).toLowerCase()}${
        behind.summary.slice(1)
      }`,
      source: `${card.source}; ${behind.source}`,
      lossless: card.lossless && behind.lossless,
      deviations: [...card.deviations, ...behind.deviations],
    },
    validate: (model: ModelInfo, options: unknown): void => {
      plugin.validate?.(model, options);
      readout.plugin.validate?.(model, readout.options);
    },
    keep: (model: ModelInfo) => readout.plugin.keep(model, readout.options),
  };
}
