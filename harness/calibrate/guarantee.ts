/**
 * What a calibration promises, in words: the sentence that goes with the options.
 *
 * @module
 */
import type { Risk } from "./prompt_losses.ts";
import type { CalibrationMethod } from "./frozen_options.ts";

/** What the sentence speaks of. */
export interface GuaranteeInput {
  /** How the options were fixed. */
  readonly method: CalibrationMethod;
  /** Number of calibration prompts. */
  readonly prompts: number;
  /** Their suites. */
  readonly suites: readonly string[];
  /** The fallback as text, `"threshold=1"`. */
  readonly fallback?: string | undefined;
}

const LOSSES: Readonly<Record<Risk, string>> = {
  consistency: "the expected share of tokens that differ from full depth's, on given texts,",
  task: "the expected score lost against full depth, at least 0 per prompt,",
};

/** The sentence. */
export function guaranteeText({ method, prompts, suites, fallback }: GuaranteeInput): string {
  const drawn = `${prompts} calibration prompts of ${suites.join(", ")}`;
  switch (method.name) {
    case "learn_then_test": {
      const { risk, delta, epsilon, bound } = method;
      if (method.isFallback) {
        return `No setting was shown to keep the risk at ${delta} (epsilon ${epsilon}, ${drawn}): ` +
          `${fallback ?? "the fallback"} is full depth, without loss`;
      }
      const test = bound === "hoeffding" ? "Hoeffding" : "Hoeffding-Bentkus";
      return `With probability at least ${
        Number((1 - epsilon).toPrecision(12))
      } over the draw of ` +
        `the ${drawn}, ${
          LOSSES[risk]
        } is at most ${delta} on prompts drawn alike, decoded greedily ` +
        `(Learn-then-Test, ${test})`;
    }
    case "target_quality":
      return `None: chosen on ${drawn} as the cheapest setting whose 95 % interval lies at a ` +
        `quality of ${method.target} or above; the choice itself is not covered by the interval`;
    case "target_speed":
      return `None: chosen on ${drawn} as the best setting whose 95 % interval lies at ` +
        `${method.target} times fewer multiply-accumulates per token or more; the choice itself ` +
        "is not covered by the interval";
    default:
      return `None for whole texts: on the ${drawn} a share of ${method.target} or more of the exits ` +
        "that pass have full depth's token, single exits on full depth's history";
  }
}
