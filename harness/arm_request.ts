/**
 * Arms from plugins at hand, for programs that use the library.
 *
 * @module
 */
import { canonicalArm } from "./arm_label.ts";
import type { KvFill } from "./contract/backend.ts";
import { type OptionInput, parseOptions } from "./contract/options.ts";
import type { PolicyPlugin } from "./contract/policy.ts";
import { sha256Hex } from "./numerics/sha256.ts";
import type { ArmRequest } from "./runner.ts";

/** How an arm differs from its policy's defaults. */
export interface ArmSettings {
  /** Options, checked against the policy's schema. */
  readonly options?: OptionInput;
  /** KV fill; the policy's own when absent. */
  readonly fill?: KvFill;
}

/**
 * An arm of a policy. Its digest covers the text of the policy's functions.
 * Throws `RangeError` when an option is unknown or out of range.
 */
export function armOf<O>(plugin: PolicyPlugin<O>, settings: ArmSettings = {}): ArmRequest {
  const policy = plugin as PolicyPlugin;
  const input = settings.options ?? {};
  const options = parseOptions({ kind: "policy", name: policy.name }, {
    schema: policy.options,
    input,
  }) as Readonly<Record<string, unknown>>;
  const fill = settings.fill ?? policy.defaultFill(options);
  const source = JSON.stringify(
    policy,
    (_, value) => typeof value === "function" ? String(value) : value,
  );
  return {
    plugin: policy,
    options,
    fill,
    label: canonicalArm(policy, { options, fill, written: Object.keys(input) }),
    sourceDigest: `sha256:${sha256Hex(source)}`,
  };
}
