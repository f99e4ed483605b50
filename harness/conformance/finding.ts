/**
 * What a conformance check found.
 *
 * @module
 */

/** The result of one check. */
export interface Finding {
  /** Name of the check. */
  readonly check: string;
  /** Whether the plugin passed it. */
  readonly ok: boolean;
  /** What holds, or one sentence on what does not and the way out. */
  readonly message: string;
}

/** The finding on a plugin that stopped answering; `check` is the last one it began. */
export function hungFinding(
  check: string,
  plugin: { readonly name: string; readonly seconds: number },
): Finding {
  return {
    check,
    ok: false,
    message: `Cannot accept policy "${plugin.name}": expected every function to return at once: ` +
      `check "${check}" got no answer within ${plugin.seconds} s: look for an endless loop`,
  };
}
