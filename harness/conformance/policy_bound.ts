/**
 * Judges a threshold at its signal's bound: it must mean full depth.
 *
 * Rounding can make a probability, a gap or a cosine reach 1 and an entropy
 * reach 0, so a policy whose option `threshold` lies there must not exit, even
 * where a schedule would move the threshold.
 *
 * @module
 */
import type { SignalDeclaration } from "../contract/signal.ts";
import { ruleHolds } from "../contract/rule.ts";
import { isRefusedAction } from "./policy_answers.ts";
import { caseText, declare, type PolicyCase } from "./policy_cases.ts";
import { readSample } from "./policy_options.ts";
import { blockPoint, samplePlaces, tokenPoint } from "./policy_samples.ts";
import { shown } from "./policy_shape.ts";
import { watch } from "./watch.ts";

/** The common bound of all declared signals, or `undefined` where they have none. */
function boundOf(signals: readonly SignalDeclaration[]): 0 | 1 | undefined {
  const names = signals.map((each) => each.kind === "probe" ? "probe" : each.signal);
  if (names.length === 0) return undefined;
  if (names.every((name) => name === "margin" || name === "top1" || name === "cosine")) return 1;
  return names.every((name) => name === "entropy") ? 0 : undefined;
}

/** One sentence on a case that acts although its threshold lies at the bound, or `undefined`. */
export function boundFault(each: PolicyCase): string | undefined {
  const { plugin, run } = each;
  if (plugin.scope !== "block" && plugin.scope !== "rule") return undefined;
  if (plugin.scope === "block" && plugin.state !== undefined) return undefined;
  const bound = boundOf(declare(each).signals);
  if (bound === undefined || each.input["threshold"] === undefined) return undefined;
  const input = { ...each.input, threshold: bound };
  const options = readSample(plugin, input);
  if (options === undefined) return undefined;
  const declared = declare({ ...each, input, options });
  for (const place of samplePlaces(false)) {
    const token = tokenPoint(run, { ...place, state: undefined });
    for (const height of declared.heights) {
      for (const value of bound === 1 ? [1, 1 + 2 ** -23] : [0, -(2 ** -23)]) {
        const signals = Object.fromEntries(declared.signals.map(({ name }) => [name, value]));
        const watched = watch((guard) => {
          const guarded = guard(options, "options");
          if (plugin.scope === "block") {
            return plugin.decide(guard(blockPoint(token, { height, signals }), "point"), guarded);
          }
          const { when, then } = plugin.rule(guard(run.model, "model"), guarded);
          const point = guard(token, "point");
          return ruleHolds(when, { height, signals, point }) ? then : "run";
        });
        if (isRefusedAction(watched)) {
          return `expected threshold=${bound} to mean full depth, because rounding can make the ` +
            `signal reach ${bound}: at height ${height} of ${caseText({ ...each, input })}, ` +
            `token ${place.emitted}, it answers ${shown(watched.answer)}: ${
              plugin.scope === "rule"
                ? `give a constant value and "bound"`
                : `answer "run" for that threshold`
            }`;
        }
      }
    }
  }
  return undefined;
}
