/**
 * Policy specs as text, the form in which people name arms:
 *
 *     specs  = drafts { "," drafts }
 *     drafts = term { "|" term }
 *     term   = spec [ "+" spec ]
 *     spec   = source [ "(" [ option { "," option } ] ")" ] | frozen
 *     source = name | path | quoted path
 *     frozen = "@" ( file | quoted file )
 *     option = name "=" value
 *     value  = number | word | "true" | "false" | quoted | list | grid
 *     list   = "[" [ item { "," item } ] "]"
 *     grid   = number ".." number "/" count
 *
 * A path starts with `.`, `/`, `file:` or a drive letter, and is quoted when it
 * holds a space, a comma or a parenthesis. `fill` crosses the KV fill axis and
 * may be a list of fills. `@out/calm_tiny.json` is the arm that `calibrate` froze
 * in that file: policy, options and fill, nothing to add. A grid becomes `count` arms, both ends included:
 *
 *     value_i = from + (to − from) · i / (count − 1)      i = 0..count − 1
 *
 * `a + b` puts a policy of the readout behind one that reads out at heights.
 * `a | b` composes draft policies: the first that proposes anything drafts the round.
 *
 * Errors: `UsageError` with the 1-based position of the character that is wrong.
 *
 * @module
 */
import type { KvFill } from "./contract/backend.ts";
import { UsageError } from "./contract/errors.ts";
import { type OptionInput, optionText, type OptionValue } from "./contract/options.ts";
import { SpecReader } from "./spec_reader.ts";

/** All KV fills, by the words that specs use. */
export const KV_FILLS: readonly KvFill[] = ["project", "recompute", "hole", "copy", "none"];

/** Most arms that one text may name: grids multiply. */
export const MOST_ARMS = 1000;

/** Where a policy comes from. */
export type PolicySource =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "frozen"; readonly path: string };

/** One arm as written, grids expanded. */
export interface PolicySpec {
  /** Built-in name, path of a plugin file, or file of frozen options. */
  readonly source: PolicySource;
  /** Options as written, without `fill`. */
  readonly options: OptionInput;
  /** KV fill, when it was written. */
  readonly fill?: KvFill;
  /** Canonical text of this arm; parsing it gives the same spec. */
  readonly text: string;
  /** The policy of the readout behind it. */
  readonly readout?: PolicySpec;
  /** Draft policies tried after this one, in order. */
  readonly others?: readonly PolicySpec[];
}

/** One option as written: the values of the arms that it stands for. */
interface OptionAxis {
  readonly name: string;
  readonly values: readonly OptionValue[];
}

/** Reads comma-separated policy specs. Throws `UsageError` naming the position. */
export function parsePolicySpecs(text: string): readonly PolicySpec[] {
  const reader = new SpecReader(text);
  const specs: PolicySpec[] = [];
  do {
    specs.push(...readDrafts(reader));
    if (specs.length > MOST_ARMS) {
      throw reader.error(`at most ${MOST_ARMS} arms`, "use a coarser grid");
    }
  } while (reader.take(","));
  if (!reader.atEnd()) throw reader.error('"," or the end');
  return specs;
}

/** One spec, or several joined by `|`; grids multiply. */
function readDrafts(reader: SpecReader): PolicySpec[] {
  let drafts = readTerm(reader);
  while (reader.take("|")) {
    const next = readTerm(reader);
    if (drafts.length * next.length > MOST_ARMS) {
      throw reader.error(`at most ${MOST_ARMS} arms`, "use a coarser grid");
    }
    drafts = drafts.flatMap((first) =>
      next.map((last) => ({
        ...first,
        others: [...first.others ?? [], last],
        text: `${first.text} | ${last.text}`,
      }))
    );
  }
  return drafts;
}

/** One spec, with the policy of the readout behind it; grids multiply. */
function readTerm(reader: SpecReader): PolicySpec[] {
  const specs = readSpec(reader);
  if (!reader.take("+")) return specs;
  const behind = readSpec(reader);
  if (specs.length * behind.length > MOST_ARMS) {
    throw reader.error(`at most ${MOST_ARMS} arms`, "use a coarser grid");
  }
  return specs.flatMap((spec) =>
    behind.map((readout) => ({ ...spec, readout, text: `${spec.text} + ${readout.text}` }))
  );
}

function readSpec(reader: SpecReader): PolicySpec[] {
  if (reader.take("@")) return [readFrozen(reader)];
  const source = readSource(reader);
  const axes: OptionAxis[] = [];
  if (reader.take("(") && !reader.take(")")) {
    do axes.push(readOption(reader, axes)); while (reader.take(","));
    reader.expect(")");
  }
  return cross(axes).map((values) => specOf(source, values));
}

/** The rest of a frozen arm whose `@` was taken. */
function readFrozen(reader: SpecReader): PolicySpec {
  const path = reader.atQuote() ? reader.quoted() : reader.match(/^[^\s,()"']+/);
  if (path === undefined || path === "") throw reader.error("a file such as @out/calm_tiny.json");
  if (reader.peek() === "(") {
    throw reader.error('"," or the end', "frozen options are taken as they are: name the policy");
  }
  return specOf({ kind: "frozen", path }, []);
}

function readSource(reader: SpecReader): PolicySource {
  if (reader.atQuote()) return { kind: "path", path: reader.quoted() };
  const path = reader.match(/^(?:\.{1,2}[\\/]|[\\/]|file:|[A-Za-z]:[\\/])[^\s,()"']*/);
  if (path !== undefined) return { kind: "path", path };
  const start = reader.mark();
  const name = reader.match(/^[A-Za-z_][\w-]*/);
  if (name !== undefined && /[./\\:]/.test(reader.peek())) {
    throw reader.error(
      'a policy name, or a path that starts with "./", "/" or "file:"',
      undefined,
      start,
    );
  }
  if (name !== undefined) return { kind: "name", name };
  throw reader.error("a policy name, or a path such as ./my_policy.ts");
}

function readOption(reader: SpecReader, before: readonly OptionAxis[]): OptionAxis {
  const start = reader.mark();
  const name = reader.match(/^[A-Za-z_]\w*/);
  if (name === undefined) throw reader.error('an option such as "threshold=0.5"');
  if (before.some((axis) => axis.name === name)) {
    throw reader.error(`option "${name}" once`, "remove one of the two", start);
  }
  reader.expect("=");
  if (name !== "fill") return { name, values: readValue(reader) };
  const values = reader.take("[") ? readItems(reader, readFill) : [readFill(reader)];
  return { name, values };
}

function readFill(reader: SpecReader): KvFill {
  const start = reader.mark();
  const word = reader.match(/^\w+/);
  const fill = KV_FILLS.find((each) => each === word);
  if (fill !== undefined) return fill;
  throw reader.error(`one of the KV fills ${KV_FILLS.join(", ")}`, undefined, start);
}

/** One value, or the values of a grid. */
function readValue(reader: SpecReader): readonly OptionValue[] {
  if (reader.take("[")) return [reader.peek() === "]" ? closed(reader) : readItems(reader, number)];
  if (reader.atQuote()) return [reader.quoted()];
  const from = reader.number();
  if (from === undefined) {
    const word = reader.match(/^[A-Za-z_][\w.-]*/);
    if (word === undefined) throw reader.error("a number, a word, true, false or a list [1,2]");
    return [word === "true" ? true : word === "false" ? false : word];
  }
  if (!reader.take("..")) return [from];
  const to = number(reader);
  reader.expect("/");
  const start = reader.mark();
  const count = number(reader);
  if (!Number.isInteger(count) || count < 2 || count > MOST_ARMS) {
    throw reader.error(`a whole number of arms from 2 to ${MOST_ARMS}`, undefined, start);
  }
  return Array.from(
    { length: count },
    // Twelve digits drop the rounding noise of the division: 0.55, not 0.55000000000000004.
    (_, i) => Number((from + (to - from) * i / (count - 1)).toPrecision(12)),
  );
}

function number(reader: SpecReader): number {
  const value = reader.number();
  if (value === undefined) throw reader.error("a number");
  return value;
}

function closed(reader: SpecReader): readonly number[] {
  reader.expect("]");
  return [];
}

/** The rest of a list whose `[` was taken. */
function readItems<T>(reader: SpecReader, item: (reader: SpecReader) => T): readonly T[] {
  const items: T[] = [];
  do items.push(item(reader)); while (reader.take(","));
  reader.expect("]");
  return items;
}

/** All combinations, the last axis varying fastest. */
function cross(axes: readonly OptionAxis[]): readonly (readonly [string, OptionValue][])[] {
  let rows: (readonly [string, OptionValue][])[] = [[]];
  for (const { name, values } of axes) {
    if (rows.length * values.length > MOST_ARMS) {
      throw new UsageError(
        `Cannot expand policies: expected at most ${MOST_ARMS} arms: the grids give ${
          rows.length * values.length
        }: use a coarser grid`,
      );
    }
    rows = rows.flatMap((row) =>
      values.map((value) => [...row, [name, value] satisfies [string, OptionValue]])
    );
  }
  return rows;
}

function specOf(source: PolicySource, values: readonly [string, OptionValue][]): PolicySpec {
  const options = Object.fromEntries(values.filter(([name]) => name !== "fill"));
  const fill = KV_FILLS.find((each) => values.some(([name, it]) => name === "fill" && it === each));
  const head = source.kind === "name"
    ? source.name
    : source.kind === "frozen"
    ? `@${/[\s,()"']/.test(source.path) ? quote(source.path) : source.path}`
    : quotedIfNeeded(source.path);
  const inner = values.map(([name, value]) => `${name}=${valueText(value)}`).join(",");
  const text = inner === "" ? head : `${head}(${inner})`;
  return fill === undefined ? { source, options, text } : { source, options, fill, text };
}

function quotedIfNeeded(path: string): string {
  const isPlain = /^(?:\.{1,2}[\\/]|[\\/]|file:|[A-Za-z]:[\\/])[^\s,()"']*$/.test(path);
  return isPlain ? path : quote(path);
}

function quote(text: string): string {
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}

/** A value such that parsing its text gives it back. */
export function valueText(value: unknown): string {
  const isText = typeof value === "string" &&
    (!/^[A-Za-z_][\w.-]*$/.test(value) || value === "true" || value === "false");
  return isText ? quote(value) : optionText(value);
}
