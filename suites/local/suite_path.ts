/**
 * Names of suites that are files: `./my.jsonl`, `gsm8k:./test.jsonl`.
 *
 *     <path>          the user's own rows; settings beside them: my.jsonl, my.suite.json
 *     <set>:<path>    a local copy of a standard set
 *
 * A path has a point or a slash, which no name of a built-in suite has.
 *
 * @module
 */

/** What such a name says. */
export interface SuitePath {
  /** The standard set, if one is named. */
  readonly set: string | undefined;
  /** The file. */
  readonly path: string;
  /** The file of settings beside it, which there may be for own rows. */
  readonly settings: string | undefined;
}

/** Reads a suite's name as a path; `undefined` for the name of a built-in suite. */
export function readSuitePath(name: string): SuitePath | undefined {
  const [, set, rest] = /^([a-z][a-z0-9_]+):(.+)$/s.exec(name) ?? [];
  const path = rest ?? name;
  if (!/[./\\]/.test(path)) return undefined;
  const stem = path.replace(/\.gz$/, "").replace(/\.[A-Za-z0-9]+$/, "");
  return { set, path, settings: set === undefined ? `${stem}.suite.json` : undefined };
}
