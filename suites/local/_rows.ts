/**
 * Rows of a JSON-lines file: one object a line.
 *
 * @module
 */
import { InputError } from "../../harness/contract/errors.ts";
import type { ByteSource } from "../../harness/contract/model.ts";
import { LINE_LIMITS, type LineLimits, type LinesRead, readLines } from "./_lines.ts";

/** Longest id or group in characters. */
const LONGEST_NAME = 128;

/** One row. */
export class Row {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #place: string;

  /** `place` is for messages: `line 3 of "my.jsonl"`. */
  constructor(fields: Readonly<Record<string, unknown>>, place: string) {
    this.#fields = fields;
    this.#place = place;
  }

  /** The value of a field, `undefined` where it is missing or null. */
  value(field: string): unknown {
    return Object.hasOwn(this.#fields, field) ? this.#fields[field] ?? undefined : undefined;
  }

  /** The text of a field that may be missing. */
  optionalText(field: string): string | undefined {
    const value = this.value(field);
    if (value === undefined || typeof value === "string") return value;
    return this.refuse(field, "a text");
  }

  /** The text of a field. */
  text(field: string): string {
    return this.optionalText(field) ?? this.refuse(field, "a text");
  }

  /** Texts of a field that may be missing. */
  optionalTexts(field: string): readonly string[] | undefined {
    const value = this.value(field);
    if (value === undefined) return undefined;
    const isTexts = Array.isArray(value) && value.length > 0 &&
      value.every((each) => typeof each === "string");
    return isTexts ? value : this.refuse(field, "an array of texts");
  }

  /** An id or a group that may be missing: a short printable text, or a whole number. */
  name(field: string): string | undefined {
    const value = this.value(field);
    if (value === undefined) return undefined;
    const text = Number.isSafeInteger(value) ? String(value) : value;
    const isName = typeof text === "string" && text !== "" && text.length <= LONGEST_NAME &&
      !/\p{C}/u.test(text);
    return isName
      ? text
      : this.refuse(field, `a printable text of at most ${LONGEST_NAME} characters`);
  }

  /** Throws `InputError` about one field. */
  refuse(field: string, wanted: string): never {
    const value = this.value(field);
    const came = value === undefined ? "missing" : JSON.stringify(value).slice(0, 60);
    throw new InputError(
      `Cannot read field "${field}" in ${this.#place}: expected ${wanted}: current value is ${came}`,
    );
  }
}

/** Calls `see` with each row. Rejects with `InputError` at the first line that is no object. */
export async function readRows(
  source: ByteSource,
  see: (row: Row) => void,
  limits: LineLimits = LINE_LIMITS,
): Promise<LinesRead> {
  return await readLines(source, ({ text, number }) => {
    const place = `line ${number} of "${source.name}"`;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new InputError(`Cannot read ${place}: expected JSON: correct the line`, { cause });
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new InputError(`Cannot read ${place}: expected a JSON object: correct the line`);
    }
    see(new Row(value as Record<string, unknown>, place));
  }, limits);
}
