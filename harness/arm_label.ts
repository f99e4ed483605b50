/**
 * The canonical label of an arm: its policy, the options that were written or
 * differ from their defaults, and the KV fill when it is not the policy's own.
 *
 *     calm(measure=softmax,threshold=0.9)      calm(threshold=0.9,fill=hole)
 *
 * Options come in the order of the schema, whatever the order in which they were
 * written, and the label of a built-in policy is itself a spec of the same arm.
 *
 * @module
 */
import type { KvFill } from "./contract/backend.ts";
import type { OptionSpec } from "./contract/options.ts";
import type { PolicyPlugin } from "./contract/policy.ts";
import { valueText } from "./spec_text.ts";

/** What a label shows. */
export interface LabelParts {
  /** Options as parsed. */
  readonly options: unknown;
  /** KV fill. */
  readonly fill: KvFill;
  /** Names of options to show although they have their default value. */
  readonly written?: readonly string[];
}

/** The label of an arm. Required options are always shown. */
export function canonicalArm(plugin: PolicyPlugin, parts: LabelParts): string {
  const values = parts.options as Readonly<Record<string, unknown>>;
  const schema = plugin.options as Readonly<Record<string, OptionSpec<unknown>>>;
  const shown = Object.keys(schema)
    .filter((name) =>
      parts.written?.includes(name) ||
      valueText(values[name]) !== valueText(schema[name]?.default)
    )
    .map((name) => `${name}=${valueText(values[name])}`);
  if (parts.fill !== plugin.defaultFill(parts.options)) shown.push(`fill=${parts.fill}`);
  return shown.length === 0 ? plugin.name : `${plugin.name}(${shown.join(",")})`;
}
