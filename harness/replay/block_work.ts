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
 * Prompt positions count as present at every block. Rows that have risen to L are
 * counted: a policy may be told what full depth predicts there, for a readout each.
 *
 * @module
 */
import { MAX_PENDING } from "../decode/kv_fill/recompute.ts";
import type { Prices } from "./prices.ts";
import type { BoundSetting } from "./setting.ts";
import type { TableItem } from "./trace_table.ts";

/** What blocks and fills of one item's decode rows cost. */
export interface BlockWork {
  /** Multiply-accumulates. */
  readonly macs: number;
  /** Rows that had left early and were run to the top. */
  readonly arrived: number;
}

/** Blocks and fills of one item's decode rows. */
export function blockWork(
  exits: Uint16Array,
  { item, bound, prices }: {
    readonly item: TableItem;
    readonly bound: BoundSetting;
    readonly prices: Prices;
  },
): BlockWork {
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
      let macs = 0;
      for (let p = from + 1; p < to; p++) {
        const height = levels[exits[p]!]!;
        macs += height * (block + visible * (promptTokens + p - from)) +
          (layerCount - height) * fill;
      }
      return { macs, arrived: 0 };
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
): BlockWork {
  const present = new Float64Array(layerCount).fill(promptTokens);
  let macs = 0;
  for (let p = from + 1; p < to; p++) {
    const height = levels[exits[p]!]!;
    let seen = 0;
    for (let l = 0; l < height; l++) seen += ++present[l]!;
    macs += height * prices.block + prices.visible * seen;
  }
  return { macs, arrived: 0 };
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
): BlockWork {
  const { block, visible } = prices;
  const waiting: Waiting[] = []; // heights falling, so that the lowest are last
  let count = 0;
  let arrived = 0;
  let macs = 0;
  const raise = (height: number): Waiting => {
    const risen: Waiting = { height, rows: 0, visible: 0 };
    while (waiting.length > 0 && waiting.at(-1)!.height <= height) {
      const lower = waiting.pop()!;
      macs += (height - lower.height) * (block * lower.rows + visible * lower.visible);
      risen.rows += lower.rows;
      risen.visible += lower.visible;
    }
    return risen;
  };
  for (let p = from + 1; p < to; p++) {
    const height = levels[exits[p]!]!;
    const sees = promptTokens + p - from;
    const risen = raise(height);
    macs += height * (block + visible * sees);
    if (height === layerCount) {
      count -= risen.rows;
      arrived += risen.rows;
      continue;
    }
    risen.rows++;
    risen.visible += sees;
    waiting.push(risen);
    if (++count <= MAX_PENDING) continue;
    raise(layerCount);
    arrived += count;
    count = 0;
  }
  return { macs, arrived };
}
