/**
 * A cursor over the text of a policy spec: skips blanks, takes tokens, and
 * makes errors that name the 1-based position of the character that is wrong.
 *
 * @module
 */
import { UsageError } from "./contract/errors.ts";

/** A cursor over one text. */
export class SpecReader {
  readonly #text: string;
  #at = 0;

  /** Starts at the first character that is not blank. */
  constructor(text: string) {
    this.#text = text;
    this.#skipBlanks();
  }

  /** 1-based position of the next character. */
  get place(): number {
    return this.#at + 1;
  }

  /** 0-based offset of the next character, to name it in a later error. */
  mark(): number {
    return this.#at;
  }

  /** Whether nothing is left. */
  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next character, `""` at the end. */
  peek(): string {
    return this.#text.charAt(this.#at);
  }

  /** Whether a quoted text comes next. */
  atQuote(): boolean {
    return this.peek() === '"' || this.peek() === "'";
  }

  /** Takes `token` when it comes next. */
  take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    this.#skipBlanks();
    return true;
  }

  /** Takes `token` or throws. */
  expect(token: string): void {
    if (!this.take(token)) throw this.error(`"${token}"`);
  }

  /** Takes what matches; the pattern starts with `^`. */
  match(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.#text.slice(this.#at))?.[0];
    if (found === undefined || found === "") return undefined;
    this.#at += found.length;
    this.#skipBlanks();
    return found;
  }

  /** Takes a decimal number. `1..2` is the number 1 and a range sign. */
  number(): number | undefined {
    const found = this.match(/^[+-]?(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?!\w|\.(?!\.))/);
    return found === undefined ? undefined : Number(found);
  }

  /** Takes a text in quotes, without them. There are no escapes. */
  quoted(): string {
    const start = this.#at;
    const end = this.#text.indexOf(this.peek(), start + 1);
    if (end < 0) throw this.error(`the closing ${this.peek()}`, undefined, this.#text.length);
    this.#at = end + 1;
    this.#skipBlanks();
    return this.#text.slice(start + 1, end);
  }

  /** An error at `offset`, by default the next character. */
  error(wanted: string, wayOut?: string, offset: number = this.#at): UsageError {
    const rest = this.#text.slice(offset);
    const came = rest === "" ? "the text ends there" : `found "${rest.slice(0, 24)}"`;
    return new UsageError(
      `Cannot read policies at character ${offset + 1}: expected ${wanted}: ${came}: ${
        wayOut ?? 'write them as "name(option=value), name"'
      }`,
    );
  }

  #skipBlanks(): void {
    while (/\s/.test(this.peek())) this.#at++;
  }
}
