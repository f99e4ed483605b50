/**
 * At which heights tokens were read out.
 *
 * The first token of a text is left out: it comes from the prompt, which is full
 * depth unless a policy says otherwise. Free generations are taken where there
 * are any, else the positions of lockstep records.
 *
 * @module
 */
import type { ArmRecords } from "./run_view.ts";

/** Where an arm's tokens were read out, and how often it acted at all. */
export interface HeightView {
  /** Tokens read out at each height 0..L. */
  readonly heights: readonly number[];
  /** Share of tokens read out below L. */
  readonly exitRate: number;
  /** Share of tokens that did not run every block exactly once. */
  readonly actionRate: number;
}

/** Heights of an arm on a model of `layerCount` blocks; `undefined` without tokens. */
export function heightsOf(arm: ArmRecords, layerCount: number): HeightView | undefined {
  const heights = new Array<number>(layerCount + 1).fill(0);
  let tokens = 0, acted = 0;
  const records = arm.free.some((record) => record.heights.length > 1) ? arm.free : arm.lockstep;
  for (const record of records) {
    for (let t = 1; t < record.heights.length; t++) {
      const height = record.heights[t]!;
      heights[height]! += 1;
      tokens++;
      if (height !== layerCount || record.blocksRun[t] !== layerCount) acted++;
    }
  }
  if (tokens === 0) return undefined;
  return {
    heights,
    exitRate: (tokens - heights[layerCount]!) / tokens,
    actionRate: acted / tokens,
  };
}
