/**
 * Which entries of a cache are there, for engines that keep this on the host.
 *
 * @module
 */
import type { Fault } from "./engine.ts";

/** What is known of one entry. */
export const ENTRY = {
  /** Nobody wrote it; reading it is an error, and a hole in later passes. */
  owed: 0,
  /** Keys and values are there. */
  present: 1,
  /** Left out of attention. */
  hole: 2,
  /** Proved not to be read; reading it is an error. */
  none: 3,
} as const;

/**
 * The first position up to `position` that a row must not read, −1 when it may
 * read or leave out all. `pass` is that of the block: in later passes an entry
 * that was never written is a hole.
 */
export function faultAt(present: Uint8Array, position: number, pass: number): number {
  for (let t = 0; t <= position; t++) {
    const entry = present[t];
    if (entry === ENTRY.present || entry === ENTRY.hole) continue;
    if (entry === ENTRY.none || pass === 0) return t;
  }
  return -1;
}

/** The fault that {@linkcode faultAt} found at a position. */
export function faultOf(present: Uint8Array, position: number): Fault {
  return { position, entry: present[position] === ENTRY.none ? "none" : "owed" };
}
