/**
 * Chance for policies: a hash of seed, item, position and block, so that it
 * does not depend on the order in which things run.
 *
 * @module
 */
import { hashUniform } from "../numerics/random.ts";

export { itemKey } from "../numerics/item_key.ts";

/** What a stream of chance belongs to. */
export interface ChanceKeys {
  /** Seed of the run. */
  readonly seed: number;
  /** Number standing for the item; see `itemKey`. */
  readonly item: number;
}

/** Uniform number in [0, 1) for a position, a block (−1 before the first) and an index. */
export function chance(
  keys: ChanceKeys,
  at: { readonly position: number; readonly block: number; readonly index: number },
): number {
  return hashUniform(keys.seed, keys.item, at.position, at.block + 1, at.index);
}

/** Uniform number in [0, 1) for an index, the same at all positions of the item. */
export function sequenceChance(keys: ChanceKeys, index: number): number {
  return hashUniform(keys.seed, keys.item, index);
}
