/**
 * Exits of rules, over typed arrays.
 *
 * A test `signal ≥ v` holds first where the running maximum over its heights
 *
 *     M[p, e] = max over levels i ≤ e in `at` of signal[p, i]        NaN left out
 *
 * reaches v, found by bisection; `≤` is the same of negated numbers. Maxima are
 * computed once per signal and set of heights and shared by all settings.
 * `any` exits at the lowest level of its parts; `all` looks upward from the highest.
 *
 * Cost: log₂ H comparisons per position, test and setting.
 *
 * @module
 */
import { compare, isSwitchedOff, type Rule, type RuleTest } from "../contract/rule.ts";
import type { TraceColumn } from "../trace/trace_store.ts";
import type { TokenValues } from "./rule_values.ts";
import type { BoundSetting } from "./setting.ts";

/** Part of a rule on a table. Level H means never. */
interface RuleNode {
  /** Lowest level at which it holds. */
  first(position: number): number;
  /** Whether it holds at a level below H. */
  holds(position: number, level: number): boolean;
}

/** What the settings of one table share. */
export interface RuleShared {
  /** Values that are functions of the token. */
  readonly values: TokenValues;
  /** Running maxima by signal column, direction and levels. */
  readonly maxima: Map<TraceColumn, Map<string, Float32Array>>;
}

/**
 * Writes the exit level of every position to `out` [P]. Returns `false`, with
 * `out` unspecified, where the rule draws chance and must be asked height by height.
 */
export function ruleExits(
  out: Uint16Array,
  bound: BoundSetting,
  { rule, shared }: { readonly rule: Rule; readonly shared: RuleShared },
): boolean {
  const node = compile(rule, bound, shared);
  if (node === undefined) return false;
  const { items, levels } = bound.table;
  for (const { from, to } of items) {
    for (let p = from; p < to; p++) out[p] = node.first(p);
    if (!bound.actsOnPrompt) out[from] = levels.length - 1;
  }
  return true;
}

function compile(rule: Rule, bound: BoundSetting, shared: RuleShared): RuleNode | undefined {
  if ("at" in rule) return compileTest(rule, bound, shared);
  const parts: RuleNode[] = [];
  for (const part of "all" in rule ? rule.all : rule.any) {
    const node = compile(part, bound, shared);
    if (node === undefined) return undefined;
    parts.push(node);
  }
  const width = bound.table.levels.length - 1;
  return "all" in rule ? allOf(parts, bound) : anyOf(parts, width);
}

function anyOf(parts: readonly RuleNode[], width: number): RuleNode {
  return {
    first(p) {
      let lowest = width;
      for (const part of parts) lowest = Math.min(lowest, part.first(p));
      return lowest;
    },
    holds: (p, level) => parts.some((part) => part.holds(p, level)),
  };
}

/** An empty `all` holds everywhere, so it exits where the policy is first asked. */
function allOf(parts: readonly RuleNode[], { asked, table }: BoundSetting): RuleNode {
  const width = table.levels.length - 1;
  const holds = (p: number, level: number) => parts.every((part) => part.holds(p, level));
  return {
    first(p) {
      let lowest = 0;
      for (const part of parts) lowest = Math.max(lowest, part.first(p));
      for (const level of asked) if (level >= lowest && holds(p, level)) return level;
      return width;
    },
    holds,
  };
}

const NEVER = (width: number): RuleNode => ({ first: () => width, holds: () => false });

function compileTest(
  test: RuleTest,
  bound: BoundSetting,
  { values, maxima }: RuleShared,
): RuleNode | undefined {
  const { table, signals, columns } = bound;
  const width = table.levels.length - 1;
  const column = columns[signals.findIndex(({ name }) => name === test.signal)];
  if (column === undefined) return NEVER(width); // not declared, so never read: NaN
  const at = test.at.map((height) => table.levels.indexOf(height));
  const sign = test.is === ">=" || test.is === ">" ? 1 : -1;
  const strict = test.is === ">" || test.is === "<";
  const running = runningMaximum(maxima, { column, width, sign, at });
  const { value } = test;
  if (typeof value === "number") {
    if (isSwitchedOff(test, value)) return NEVER(width);
    const wanted = sign * value;
    return {
      first: (p) => firstReached(running, { from: p * width, width, wanted, strict }),
      holds: (p, level) =>
        at.includes(level) && compare(column[p * width + level]!, test.is, value),
    };
  }
  const each = values.of(value);
  if (each === undefined) return undefined;
  return {
    first: (p) =>
      isSwitchedOff(test, each[p]!)
        ? width
        : firstReached(running, { from: p * width, width, wanted: sign * each[p]!, strict }),
    holds: (p, level) =>
      at.includes(level) && !isSwitchedOff(test, each[p]!) &&
      compare(column[p * width + level]!, test.is, each[p]!),
  };
}

/** Lowest level of a row of maxima that reaches `wanted`; `width` when none does. */
function firstReached(
  running: Float32Array,
  { from, width, wanted, strict }: {
    readonly from: number;
    readonly width: number;
    readonly wanted: number;
    readonly strict: boolean;
  },
): number {
  let low = 0;
  let high = width;
  while (low < high) {
    const middle = (low + high) >> 1;
    const reached = running[from + middle]!;
    if (strict ? reached > wanted : reached >= wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Running maxima [P, H] of sign · column over some levels; NaN before the first number. */
function runningMaximum(
  cache: RuleShared["maxima"],
  { column, width, sign, at }: {
    readonly column: TraceColumn;
    readonly width: number;
    readonly sign: 1 | -1;
    readonly at: readonly number[];
  },
): Float32Array {
  let byLevels = cache.get(column);
  if (byLevels === undefined) cache.set(column, byLevels = new Map());
  const key = `${sign} ${at.join(",")}`;
  let running = byLevels.get(key);
  if (running !== undefined) return running;
  byLevels.set(key, running = new Float32Array(column.length));
  const tested = Array.from({ length: width }, (_, level) => at.includes(level));
  for (let from = 0; from < column.length; from += width) {
    let maximum = NaN;
    for (let level = 0; level < width; level++) {
      const value = sign * column[from + level]!;
      if (tested[level] && !Number.isNaN(value) && !(maximum >= value)) maximum = value;
      running[from + level] = maximum;
    }
  }
  return running;
}
