/**
 * Which positions of a replay are exact, and which only what the policy would do
 * on a full-depth history.
 *
 * With `recompute` every entry is full depth's: all positions are exact. With
 * another fill an exit at height e alters the entries of blocks ≥ e. A position
 * that leaves at h runs blocks below h only, so it is exact as long as
 *
 *     h ≤ min over the item's earlier positions of their exit heights
 *
 * The first departure always is; later ones are where depth does not rise again.
 * A state carries one inexact decision into all that follow.
 *
 * @module
 */
import type { BoundSetting } from "./setting.ts";

/** How far a replay can be believed. */
export interface ReplayBasis {
  /** `exact`: at all positions. `departure`: up to the first that an earlier exit may have changed. */
  readonly kind: "exact" | "departure";
  /** Positions that are exact. */
  readonly exact: number;
  /** All positions. */
  readonly positions: number;
}

/** Height at which the prompt's entries begin to be altered, per item. */
export type PromptFloor = (item: number) => number;

/** The basis of exits [P]. */
export function basisOf(
  exits: Uint16Array,
  bound: BoundSetting,
  promptFloor: PromptFloor,
): ReplayBasis {
  const { items, size, levels } = bound.table;
  let exact = size;
  if (bound.setting.fill !== "recompute") {
    exact = 0;
    items.forEach(({ from, to }, i) => {
      let floor = promptFloor(i);
      let believed = true;
      for (let p = from; p < to && believed; p++) {
        const height = levels[exits[p]!]!;
        if (height <= floor) exact++;
        else if (bound.hasState) believed = false;
        floor = Math.min(floor, height);
      }
    });
  }
  return { kind: exact === size ? "exact" : "departure", exact, positions: size };
}
