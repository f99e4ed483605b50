/**
 * Whether frozen options are used where they were calibrated. Elsewhere their
 * guarantee is void.
 *
 * @module
 */
import type { ModelInfo } from "../contract/model.ts";
import type { FrozenOptions } from "./frozen_options.ts";

/** What a guarantee hangs on. */
export type TransferredPart = "model" | "policy";

/** Where options are used. */
export interface OptionsUse {
  /** The model. */
  readonly model: Pick<ModelInfo, "name" | "digest">;
  /** Digest of the policy's source: `"sha256:…"`. */
  readonly policyDigest: string;
}

/** What differs from the calibration; empty where the guarantee holds. */
export function transferredParts(
  { model, policy }: Pick<FrozenOptions, "model" | "policy">,
  use: OptionsUse,
): readonly TransferredPart[] {
  return [
    ...(model.digest === use.model.digest ? [] : ["model"] as const),
    ...(policy.digest === use.policyDigest ? [] : ["policy"] as const),
  ];
}
