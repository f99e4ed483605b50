/** The part of `@std/cli` that this repository uses. */

/** How {@linkcode parseArgs} reads the flags. Names are given without dashes. */
export interface ParseOptions {
  /** Flags without a value. `--no-x` is false only for names in `negatable`. */
  readonly boolean?: readonly string[];
  /** Flags whose value stays text, never a number. */
  readonly string?: readonly string[];
  /** Flags that may be repeated; their value is an array, empty when absent. */
  readonly collect?: readonly string[];
  /** Boolean flags that `--no-x` sets to false. */
  readonly negatable?: readonly string[];
  /** Long name → short name or names. */
  readonly alias?: Record<string, string | readonly string[]>;
  /** Values of absent flags. */
  readonly default?: Record<string, unknown>;
  /** Everything after the first positional argument is positional. */
  readonly stopEarly?: boolean;
  /** Keep what follows a bare `--` apart, under `"--"`. */
  readonly "--"?: boolean;
  /** Called for each argument that no option names; returning false drops it. */
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What {@linkcode parseArgs} read: flags by name, positional arguments under `_`. */
export interface Args {
  /** Positional arguments; those that look like numbers are numbers unless `"_"` is in `string`. */
  _: (string | number)[];
  /** A flag's value; `unknown` until the caller checks it. */
  [flag: string]: unknown;
}

/** Reads `--name value`, `--name=value`, `-n`, `--no-name` and positional arguments. */
export declare function parseArgs(args: string[], options?: ParseOptions): Args;
