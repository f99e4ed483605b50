/**
 * All policies that come with the harness.
 *
 * @module
 */
import type { PolicyPlugin } from "../harness/contract/mod.ts";
import { depthPolicies } from "./depth/mod.ts";
import { readoutPolicies } from "./readout/mod.ts";
import { speculativePolicies } from "./speculative/mod.ts";

export * from "./depth/mod.ts";
export * from "./readout/mod.ts";
export * from "./speculative/mod.ts";

/** Every policy, in the order in which they are listed. */
export const policies: readonly PolicyPlugin[] = [
  ...depthPolicies,
  ...readoutPolicies,
  ...speculativePolicies,
];
