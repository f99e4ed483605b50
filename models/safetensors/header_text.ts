/**
 * The text of a safetensors header, read by its own small grammar:
 *
 *     header = { "name": entry | strings, … }      padded with spaces
 *     entry  = { "dtype": string, "shape": [n, …], "data_offsets": [n, n] }
 *     strings = { "key": "value", … }              under "__metadata__"
 *
 * The depth is fixed, so no text can nest; keys that come twice are refused, which
 * `JSON.parse` would let pass; numbers are plain digits, kept as `bigint`.
 *
 * @module
 */
import { ModelFormatError } from "../../harness/contract/errors.ts";
import { visible } from "../gguf/visible.ts";

/** Most digits of a number: more than any 64-bit number has. */
const MOST_DIGITS = 20;

/** Walks a header's text. Offsets in errors are file offsets of ASCII headers. */
export class HeaderText {
  readonly #text: string;
  readonly #start: number;
  #at = 0;

  /** `start` is the file offset at which the text begins. */
  constructor(text: string, start: number) {
    this.#text = text;
    this.#start = start;
  }

  /** File offset of the next character. */
  get offset(): number {
    return this.#start + this.#at;
  }

  /** An error in the name of a field at the present place. */
  fault(field: string, message: string, limit?: number | string): ModelFormatError {
    const place = { offset: this.offset, field: visible(field) };
    return new ModelFormatError(message, limit === undefined ? place : { ...place, limit });
  }

  #skipSpace(): void {
    while (" \t\n\r".includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  /** The next character that is no space, `""` at the end. */
  peek(): string {
    this.#skipSpace();
    return this.#text[this.#at] ?? "";
  }

  /** Takes one character that must come next. */
  take(wanted: string, field: string): void {
    const found = this.peek();
    if (found !== wanted) {
      const came = found === "" ? "the end" : `"${visible(found)}"`;
      throw this.fault(field, `expected "${wanted}" in the header: current value is ${came}`);
    }
    this.#at++;
  }

  /** Takes a string of at most `limit` UTF-16 units, escapes resolved. */
  string(field: string, limit: number): string {
    this.peek();
    const from = this.#at;
    this.take('"', field);
    for (let c = this.#text[this.#at]; c !== '"'; c = this.#text[this.#at]) {
      if (c === undefined) throw this.fault(field, "the header ends inside a string");
      this.#at += c === "\\" ? 2 : 1;
      if (this.#at - from > 6 * limit + 2) break; // six characters at most for one unit: \u0000
    }
    this.#at++;
    let value: unknown;
    try {
      value = JSON.parse(this.#text.slice(from, this.#at));
    } catch {
      value = undefined;
    }
    if (typeof value !== "string" || value.length > limit) {
      this.#at = from;
      throw this.fault(field, `expected a JSON string of at most ${limit} characters`, limit);
    }
    return value;
  }

  /** Takes a whole number ≥ 0. */
  integer(field: string): bigint {
    this.peek();
    const from = this.#at;
    while (/[0-9]/.test(this.#text[this.#at] ?? "") && this.#at - from <= MOST_DIGITS) this.#at++;
    const digits = this.#text.slice(from, this.#at);
    if (!/^(?:0|[1-9][0-9]*)$/.test(digits) || digits.length > MOST_DIGITS) {
      this.#at = from;
      throw this.fault(field, "expected a whole number >= 0");
    }
    return BigInt(digits);
  }

  /** Takes `[a, b, …]`, at most `most` of them. */
  list(field: string, most: number): readonly bigint[] {
    const values: bigint[] = [];
    this.take("[", field);
    while (this.peek() !== "]") {
      if (values.length > 0) this.take(",", field);
      if (values.length === most) {
        throw this.fault(field, `expected at most ${most} numbers`, most);
      }
      values.push(this.integer(field));
    }
    this.take("]", field);
    return values;
  }

  /** Takes `{"key": …}`; `member` takes each value. Keys that come twice are refused. */
  members(
    field: string,
    { most, keyLength }: { readonly most: number; readonly keyLength: number },
    member: (key: string) => void,
  ): void {
    const seen = new Set<string>();
    this.take("{", field);
    while (this.peek() !== "}") {
      if (seen.size > 0) this.take(",", field);
      if (seen.size === most) throw this.fault(field, `expected at most ${most} entries`, most);
      const key = this.string(field, keyLength);
      if (seen.has(key)) throw this.fault(field, `expected "${visible(key)}" once: it comes twice`);
      seen.add(key);
      this.take(":", key);
      member(key);
    }
    this.take("}", field);
  }

  /** Fails unless only spaces are left. */
  end(): void {
    if (this.peek() !== "") throw this.fault("header", "expected nothing after the last brace");
  }
}
