/**
 * A 32-bit number from a text: FNV-1a over its UTF-16 code units, two bytes
 * each. It turns names and item ids into keys of seeds; it is no digest.
 *
 * @module
 */

/** The hash, an integer in [0, 2³²). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return hash >>> 0;
}
