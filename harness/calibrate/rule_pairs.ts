/**
 * Exits that a rule could take, as pairs for the quantile rules.
 *
 * Where a policy's rule compares a signal with the calibrated option, each traced
 * position at each height of the test gives one pair: the signal, so turned that
 * low values exit, and whether the readout there has full depth's token. All
 * heights count together, on the history of full depth.
 *
 * @module
 */
import { UnsupportedError } from "../contract/errors.ts";
import type { Rule, RuleTest } from "../contract/rule.ts";
import type { SignalDeclaration } from "../contract/signal.ts";
import { bindSetting, type ReplaySetting } from "../replay/setting.ts";
import type { TraceTable } from "../replay/trace_table.ts";
import type { ExitPairs } from "./quantile_rules.ts";

/** Pairs, and how an uncertainty becomes an option again. */
export interface RulePairs extends ExitPairs {
  /** The option's value for a threshold on the uncertainty. */
  optionOf(threshold: number): number;
}

/** Tests of a rule that compare with `value`. */
function testsWith(rule: Rule, value: number): readonly RuleTest[] {
  if ("at" in rule) return rule.value === value ? [rule] : [];
  return ("all" in rule ? rule.all : rule.any).flatMap((part) => testsWith(part, value));
}

/**
 * Pairs of the test that compares with `value`, the calibrated option's in `setting`.
 * Throws `UnsupportedError` in one sentence where the policy has no such test.
 */
export function rulePairs(
  table: TraceTable,
  { setting, option, value }: {
    readonly setting: ReplaySetting;
    readonly option: string;
    readonly value: number;
  },
): RulePairs {
  const { plugin, options, label } = setting;
  const { asked, columns, signals } = bindSetting(table, setting);
  const tests = plugin.scope === "rule"
    ? testsWith(plugin.rule(table.manifest.model, options).when, value)
    : [];
  const test = tests[0];
  if (test === undefined || tests.length > 1) {
    throw new UnsupportedError(
      `Cannot calibrate policy "${label}" by a quantile: expected a rule with one test against ` +
        `option "${option}": ${tests.length} are: take learn_then_test`,
    );
  }
  const column = columns[signals.findIndex(({ name }: SignalDeclaration) => name === test.signal)]!;
  const sign = test.is === ">=" || test.is === ">" ? -1 : 1;
  const width = table.levels.length; // heights traced, then full depth
  const levels = asked.filter((level) => test.at.includes(table.levels[level]!));
  const uncertainty = new Float64Array(table.size * levels.length);
  const agrees = new Uint8Array(uncertainty.length);
  for (let p = 0, i = 0; p < table.size; p++) {
    for (const level of levels) {
      uncertainty[i] = sign * column[p * (width - 1) + level]!;
      agrees[i++] = table.agrees[p * width + level]!;
    }
  }
  return { uncertainty, agrees, optionOf: (threshold) => sign * threshold };
}
