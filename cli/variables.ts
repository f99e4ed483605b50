/**
 * Environment variables that this process may read.
 *
 * @module
 */

/** The value; `undefined` when it is not set, empty, or not allowed to be read. */
export function readVariable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  if (state !== "granted") return undefined;
  const value = Deno.env.get(name);
  return value === "" ? undefined : value;
}
