/** The part of `@std/fmt/duration` that this repository uses. */

/** How {@linkcode format} writes. */
export interface FormatOptions {
  /** `"1m 39s"`, `"1 minute, 39 seconds"` or `"00:00:01:39:674:000:000"`; default narrow. */
  readonly style?: "narrow" | "full" | "digital";
  /** Leave out the units that are zero; default false. */
  readonly ignoreZero?: boolean;
}

/** Milliseconds → text. */
export declare function format(ms: number, options?: FormatOptions): string;
