/** The part of `@std/csv` that this repository uses. */

/** How {@linkcode stringify} writes. */
export interface StringifyOptions {
  /** Write the column names first; default true for objects. Needs `columns`. */
  readonly headers?: boolean;
  /** The keys to write, in order; required when the rows are objects. */
  readonly columns?: readonly string[];
  /** Field separator; default a comma. */
  readonly separator?: string;
  /** Start with a byte-order mark. */
  readonly bom?: boolean;
}

/** Rows → RFC 4180 text with CRLF line ends. It does not defuse formulas. */
export declare function stringify(
  data: readonly (readonly unknown[] | Readonly<Record<string, unknown>>)[],
  options?: StringifyOptions,
): string;
