/**
 * Exits of rules, over typed arrays.
 *
 * A test `signal ≥ v` holds first where the running maximum over its heights
 *
 *     M[p, e] = max over levels i ≤ e in `at` of signal[p, i]        NaN left out
 *
 * reaches v; `≤` is the same of negated numbers. Maxima are computed once per
 * signal and set of heights and shared by all settings. The search starts where
 * the setting before found its level: neighbours of a grid rarely differ. `any`
 * exits at the lowest level of its parts; `all` looks upward from the highest.
 *
 * Cost: two comparisons per position, test and setting; H where settings jump.
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
  readonly maxima: Map<TraceColumn, Map<string, Maxima>>;
}

/** Running maxima and where the last search ended. */
interface Maxima {
  /** [P, H]; NaN before the first number. */
  readonly running: Float32Array;
  /** Levels found last [P]. */
  readonly found: Uint16Array;
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
  const search = new Search(runningMaxima(maxima, { column, width, sign, at }), width);
  const { value } = test;
  if (typeof value === "number") {
    if (isSwitchedOff(test, value)) return NEVER(width);
    const wanted = sign * value;
    return {
      first: (p) => strict ? search.above(p, wanted) : search.atLeast(p, wanted),
      holds: (p, level) =>
        at.includes(level) && compare(column[p * width + level]!, test.is, value),
    };
  }
  const each = values.of(value);
  if (each === undefined) return undefined;
  return {
    first(p) {
      if (isSwitchedOff(test, each[p]!)) return width;
      const wanted = sign * each[p]!;
      return strict ? search.above(p, wanted) : search.atLeast(p, wanted);
    },
    holds: (p, level) =>
      at.includes(level) && !isSwitchedOff(test, each[p]!) &&
      compare(column[p * width + level]!, test.is, each[p]!),
  };
}

/** Finds the lowest level whose running maximum reaches a number; H when none does. */
class Search {
  readonly #running: Float32Array;
  readonly #found: Uint16Array;
  readonly #width: number;

  constructor({ running, found }: Maxima, width: number) {
    this.#running = running;
    this.#found = found;
    this.#width = width;
  }

  atLeast(p: number, wanted: number): number {
    const running = this.#running;
    const from = p * this.#width;
    const to = from + this.#width;
    let at = from + this.#found[p]!;
    while (at > from && running[at - 1]! >= wanted) at--;
    while (at < to && !(running[at]! >= wanted)) at++;
    return this.#found[p] = at - from;
  }

  above(p: number, wanted: number): number {
    const running = this.#running;
    const from = p * this.#width;
    const to = from + this.#width;
    let at = from + this.#found[p]!;
    while (at > from && running[at - 1]! > wanted) at--;
    while (at < to && !(running[at]! > wanted)) at++;
    return this.#found[p] = at - from;
  }
}

/** Running maxima of sign · column over some levels. */
function runningMaxima(
  cache: RuleShared["maxima"],
  { column, width, sign, at }: {
    readonly column: TraceColumn;
    readonly width: number;
    readonly sign: 1 | -1;
    readonly at: readonly number[];
  },
): Maxima {
  let byLevels = cache.get(column);
  if (byLevels === undefined) cache.set(column, byLevels = new Map());
  const key = `${sign} ${at.join(",")}`;
  const known = byLevels.get(key);
  if (known !== undefined) return known;
  const running = new Float32Array(column.length);
  const tested = Array.from({ length: width }, (_, level) => at.includes(level));
  for (let from = 0; from < column.length; from += width) {
    let maximum = NaN;
    for (let level = 0; level < width; level++) {
      const value = sign * column[from + level]!;
      if (tested[level] && !Number.isNaN(value) && !(maximum >= value)) maximum = value;
      running[from + level] = maximum;
    }
  }
  const maxima = { running, found: new Uint16Array(column.length / width) };
  byLevels.set(key, maxima);
  return maxima;
}
