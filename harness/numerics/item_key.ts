/**
 * A number for an item: FNV-1a over the UTF-16 units of its id. It keys chance
 * and names a sequence to policies chosen in hindsight; it is no digest.
 *
 * @module
 */

/** The hash, an integer in [0, 2³²). */
export function itemKey(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
