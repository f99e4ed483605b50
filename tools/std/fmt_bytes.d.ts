/** The part of `@std/fmt/bytes` that this repository uses. */

/** How {@linkcode format} writes. */
export interface FormatOptions {
  /** Powers of 1024 (`KiB`) instead of 1000 (`kB`). */
  readonly binary?: boolean;
  /** Smallest number of digits after the point. */
  readonly minimumFractionDigits?: number;
  /** Largest number of digits after the point. */
  readonly maximumFractionDigits?: number;
}

/** Bytes → `"1.34 kB"`; throws `TypeError` unless `num` is finite. */
export declare function format(num: number, options?: FormatOptions): string;
