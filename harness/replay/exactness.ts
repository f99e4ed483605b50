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
 * A policy that scouts looks at all heights: its positions are exact up to the
 * first departure. A state carries one inexact decision into all that follow.
 *
 * @module
 */
import type { BoundSetting } from "./setting.ts";
import type { TableItem } from "./trace_table.ts";

/** How far a replay can be believed. */
export interface ReplayBasis {
  /** `exact`: at all positions. `departure`: up to the first that an earlier exit may have changed. */
  readonly kind: "exact" | "departure";
  /** Positions that are exact. */
  readonly exact: number;
  /** All positions. */
  readonly positions: number;
}

/** Exact positions of one item; `promptFloor` is the lowest exit height of its prompt. */
export function exactPositions(
  exits: Uint16Array,
  { item: { from, to }, bound, promptFloor }: {
    readonly item: TableItem;
    readonly bound: BoundSetting;
    readonly promptFloor: number;
  },
): number {
  if (bound.setting.fill === "recompute") return to - from;
  const { levels } = bound.table;
  const { plugin } = bound.setting;
  const scouts = plugin.scope === "token" && plugin.scouts === true;
  let floor = promptFloor;
  let exact = 0;
  for (let p = from; p < to; p++) {
    const height = levels[exits[p]!]!;
    if (scouts ? floor === levels.at(-1) : height <= floor) exact++;
    else if (bound.hasState) break;
    floor = Math.min(floor, height);
  }
  return exact;
}
