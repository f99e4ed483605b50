/** The part of `@std/html` that this repository uses. */

/** Escapes `& < > " '` for text and quoted attributes; no defence in scripts, styles or URLs. */
export declare function escape(str: string): string;

/** Undoes {@linkcode escape}; leaves other named entities as they are. */
export declare function unescape(str: string): string;
