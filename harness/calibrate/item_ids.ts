/**
 * Which items calibrated, kept as the first 16 hex digits of their ids: enough to
 * find one again, short enough for a file that people read.
 *
 * @module
 */
import { sha256Hex } from "../numerics/sha256.ts";

/** Hex digits kept of an id. */
const KEPT = 16;

/** A set of items. */
export interface ItemIds {
  /** How many. */
  readonly count: number;
  /** Digest of the whole ids in ascending order: `"sha256:…"`. */
  readonly digest: string;
  /** The first digits of each, ascending. */
  readonly ids: readonly string[];
}

/** Items by their ids; each counts once. */
export function itemIds(ids: Iterable<string>): ItemIds {
  const sorted = [...new Set(ids)].sort();
  return {
    count: sorted.length,
    digest: `sha256:${sha256Hex(JSON.stringify(sorted))}`,
    ids: sorted.map((id) => id.slice(0, KEPT)),
  };
}

/** Those of `ids` that are among the items. */
export function sharedItems(
  { ids }: Pick<ItemIds, "ids">,
  others: Iterable<string>,
): readonly string[] {
  const known = new Set(ids);
  return [...others].filter((id) => known.has(id.slice(0, KEPT)));
}
