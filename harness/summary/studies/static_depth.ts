/**
 * The lowest static depth that keeps a share of the score, and the blocks that it saves.
 *
 *     d* = lowest exit d such that every exit from d up has score(d) ≥ (1 − loss) · score(L)
 *     skip ratio = (L − d*) / L
 *
 * Scores are means over the items that full depth and all exits answered, all
 * suites alike. Source: oracle O3 of the card of Wei et al. 2026, arXiv:2603.23701;
 * the loss is relative.
 *
 * @module
 */
import type { FreeRecord } from "../../contract/record.ts";
import { mean } from "../../numerics/moments.ts";
import type { ArmRecords } from "../run_view.ts";

/** What was found. */
export interface StaticDepth {
  /** Score of full depth. */
  readonly fullScore: number;
  /** Exits from the top down with their scores. */
  readonly scores: readonly { readonly exit: number; readonly score: number }[];
  /** The lowest exit that keeps the share; L when none does. */
  readonly depth: number;
  /** Blocks saved, as a share of L. */
  readonly skipRatio: number;
}

function scoredBy(records: readonly FreeRecord[]): Map<string, number> {
  return new Map(
    records.flatMap(({ suite, item, score }) =>
      score === undefined ? [] : [[`${suite}/${item}`, score] as const]
    ),
  );
}

/** Finds the depth; `undefined` where nothing was scored or full depth scores 0. */
export function staticDepth(
  baseline: ArmRecords,
  { exits, layerCount, loss }: {
    readonly exits: readonly ArmRecords[];
    readonly layerCount: number;
    readonly loss: number;
  },
): StaticDepth | undefined {
  const full = scoredBy(baseline.free);
  const arms = exits.map(({ arm, free }) => ({
    exit: Number(arm.options.exit),
    scores: scoredBy(free),
  })).filter(({ scores }) => scores.size > 0).sort((a, b) => b.exit - a.exit);
  const keys = [...full.keys()].filter((key) => arms.every(({ scores }) => scores.has(key)));
  if (keys.length === 0 || arms.length === 0) return undefined;
  const fullScore = mean(keys.map((key) => full.get(key)!));
  if (fullScore === 0) return undefined;
  const scores = arms.map(({ exit, scores }) => ({
    exit,
    score: mean(keys.map((key) => scores.get(key)!)),
  }));
  let depth = layerCount;
  for (const { exit, score } of scores) {
    if (score < (1 - loss) * fullScore) break;
    depth = exit;
  }
  return { fullScore, scores, depth, skipRatio: (layerCount - depth) / layerCount };
}
