/**
 * Multiply-accumulates of blocks and fills over one item's decode rows, given the
 * heights at which they leave.
 *
 * Row i of an item stands at sequence position n + i − 1, n the prompt's length.
 * Row 0 belongs to the prompt and is not counted. Per fill:
 *
 *     project         h blocks and L − h projections, all earlier positions visible
 *     copy            h blocks
 *     hole, none      h blocks; at block l only earlier rows that left above l are visible
 *     recompute       h blocks, and those that waiting rows make up: each row rises to the
 *                     highest exit after it, and to L when more than {@linkcode MAX_PENDING} wait
 *
 * Prompt positions count as present at every block.
 *
 * @module
 */
import { MAX_PENDING } from "../decode/kv_fill/recompute.ts";
import type { Prices } from "./prices.ts";
import type { BoundSetting } from "./setting.ts";
import type { TableItem } from "./trace_table.ts";

/** Blocks and fills of one item's decode rows. */
export function blockWork(
  exits: Uint16Array,
  { item, bound, prices }: {
    readonly item: TableItem;
    readonly bound: BoundSetting;
    readonly prices: Prices;
  },
): number {
  const { levels, manifest } = bound.table;
  const { layerCount } = manifest.model;
  const { block, visible, project } = prices;
  const { from, to, promptTokens } = item;
  switch (bound.setting.fill) {
    case "hole":
    case "none":
      return holeWork(exits, { item, levels, prices, layerCount });
    case "recompute":
      return recomputeWork(exits, { item, levels, prices, layerCount });
    default: {
      const fill = bound.setting.fill === "project" ? project : 0;
      let work = 0;
      for (let p = from + 1; p < to; p++) {
        const height = levels[exits[p]!]!;
        work += height * (block + visible * (promptTokens + p - from)) +
          (layerCount - height) * fill;
      }
      return work;
    }
  }
}

interface WorkParts {
  readonly item: TableItem;
  readonly levels: readonly number[];
  readonly prices: Prices;
  readonly layerCount: number;
}

function holeWork(
  exits: Uint16Array,
  { item: { from, to, promptTokens }, levels, prices, layerCount }: WorkParts,
): number {
  const present = new Float64Array(layerCount).fill(promptTokens);
  let work = 0;
  for (let p = from + 1; p < to; p++) {
    const height = levels[exits[p]!]!;
    let seen = 0;
    for (let l = 0; l < height; l++) seen += ++present[l]!;
    work += height * prices.block + prices.visible * seen;
  }
  return work;
}

/** Rows that wait at one height. */
interface Waiting {
  readonly height: number;
  rows: number;
  /** Sum of the positions that they see. */
  visible: number;
}

function recomputeWork(
  exits: Uint16Array,
  { item: { from, to, promptTokens }, levels, prices, layerCount }: WorkParts,
): number {
  const { block, visible } = prices;
  const waiting: Waiting[] = []; // heights falling, so that the lowest are last
  let count = 0;
  let work = 0;
  const raise = (height: number): Waiting => {
    const risen: Waiting = { height, rows: 0, visible: 0 };
    while (waiting.length > 0 && waiting.at(-1)!.height <= height) {
      const lower = waiting.pop()!;
      work += (height - lower.height) * (block * lower.rows + visible * lower.visible);
      risen.rows += lower.rows;
      risen.visible += lower.visible;
    }
    return risen;
  };
  for (let p = from + 1; p < to; p++) {
    const height = levels[exits[p]!]!;
    const sees = promptTokens + p - from;
    const risen = raise(height);
    work += height * (block + visible * sees);
    if (height === layerCount) {
      count -= risen.rows;
      continue;
    }
    risen.rows++;
    risen.visible += sees;
    waiting.push(risen);
    if (++count <= MAX_PENDING) continue;
    raise(layerCount);
    count = 0;
  }
  return work;
}
