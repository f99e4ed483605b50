/**
 * Plain rules are data: a signal compared with a number at some heights, joined
 * by all/any. A device can run them; on the host `decide` is derived from them.
 *
 * @module
 */
import type { TokenPoint } from "./policy.ts";

/** How a signal is compared with a value. */
export type Comparison = ">=" | ">" | "<=" | "<";

/** One test. At heights not listed it does not hold. */
export interface RuleTest {
  /** Heights at which the test applies. */
  readonly at: readonly number[];
  /** Declared name of the signal. */
  readonly signal: string;
  /** Comparison of the signal with the value. */
  readonly is: Comparison;
  /** A number, or a pure function of the token. */
  readonly value: number | ((point: TokenPoint) => number);
  /**
   * The signal's bound: a value at or beyond it switches the test off, because
   * rounding could make the signal reach it. Margin, top-1 and cosine: 1 with
   * `>=` and `>`; entropy: 0 with `<=` and `<`.
   */
  readonly bound?: number;
}

/** A test, or tests joined. */
export type Rule =
  | RuleTest
  | { readonly all: readonly Rule[] }
  | { readonly any: readonly Rule[] };

/** Whether a comparison holds. A NaN on either side never does. */
export function compare(signal: number, is: Comparison, value: number): boolean {
  switch (is) {
    case ">=":
      return signal >= value;
    case ">":
      return signal > value;
    case "<=":
      return signal <= value;
    case "<":
      return signal < value;
  }
}

/** What a rule is tested against. */
export interface RuleSituation {
  /** Height reached. */
  readonly height: number;
  /** Signals by declared name. */
  readonly signals: Readonly<Record<string, number>>;
  /** The token. */
  readonly point: TokenPoint;
}

/** Whether a test's value lies at its signal's bound and so switches it off. */
export function isSwitchedOff(test: RuleTest, value: number): boolean {
  if (test.bound === undefined) return false;
  return test.is === ">=" || test.is === ">" ? value >= test.bound : value <= test.bound;
}

/** Whether a rule holds. */
export function ruleHolds(rule: Rule, situation: RuleSituation): boolean {
  if ("all" in rule) return rule.all.every((part) => ruleHolds(part, situation));
  if ("any" in rule) return rule.any.some((part) => ruleHolds(part, situation));
  if (!rule.at.includes(situation.height)) return false;
  const value = typeof rule.value === "number" ? rule.value : rule.value(situation.point);
  if (isSwitchedOff(rule, value)) return false;
  return compare(situation.signals[rule.signal] ?? NaN, rule.is, value);
}

/** Heights at which any test of a rule applies, ascending. */
export function ruleHeights(rule: Rule): readonly number[] {
  if ("at" in rule) return [...rule.at].sort((a, b) => a - b);
  const parts = "all" in rule ? rule.all : rule.any;
  return [...new Set(parts.flatMap((part) => ruleHeights(part)))].sort((a, b) => a - b);
}
