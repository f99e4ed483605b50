/**
 * The canonical label of an arm: its policy, the options that differ from their
 * defaults, and the KV fill when it is not the policy's own.
 *
 *     calm(measure=softmax,threshold=0.9)      calm(threshold=0.9,fill=hole)
 *
 * Options come in the order of the schema, so equal arms have equal labels
 * however they were written, and the label of a built-in policy is itself a spec.
 *
 * @module
 */
import type { KvFill } from "./contract/backend.ts";
import type { OptionSpec } from "./contract/options.ts";
import type { PolicyPlugin } from "./contract/policy.ts";
import { valueText } from "./spec_text.ts";

/** The label of `plugin` with parsed `options` and `fill`. Required options are always shown. */
export function canonicalArm(plugin: PolicyPlugin, options: unknown, fill: KvFill): string {
  const values = options as Readonly<Record<string, unknown>>;
  const schema = plugin.options as Readonly<Record<string, OptionSpec<unknown>>>;
  const shown = Object.keys(schema)
    .filter((name) => valueText(values[name]) !== valueText(schema[name]?.default))
    .map((name) => `${name}=${valueText(values[name])}`);
  if (fill !== plugin.defaultFill(options)) shown.push(`fill=${fill}`);
  return shown.length === 0 ? plugin.name : `${plugin.name}(${shown.join(",")})`;
}
