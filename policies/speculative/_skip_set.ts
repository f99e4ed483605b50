/**
 * Sets of skipped sub-blocks, as plans, and the draft that they make.
 *
 * @module
 */
import { type ModelInfo, type Plan, planOf, type Visit } from "../../harness/contract/mod.ts";

/** Blocks whose attention or MLP is skipped, 0-based. */
export interface SkipSet {
  /** Blocks without attention. */
  readonly attention: readonly number[];
  /** Blocks without MLP. */
  readonly mlp: readonly number[];
}

/** The plan that leaves them out. */
export function planWithout({ attention, mlp }: SkipSet, layerCount: number): Plan {
  const plan: Visit[] = [];
  for (const { block } of planOf(Array.from({ length: layerCount }, (_, l) => l))) {
    const attends = !attention.includes(block);
    const feeds = !mlp.includes(block);
    if (attends && feeds) plan.push({ block, part: "block" });
    else if (attends) plan.push({ block, part: "attention" });
    else if (feeds) plan.push({ block, part: "mlp" });
  }
  return plan;
}

/** Refuses blocks that the model lacks. Throws `RangeError`. */
export function refuseUnknownBlocks({ attention, mlp }: SkipSet, model: ModelInfo): void {
  const wrong = [...attention, ...mlp].find((block) => block >= model.layerCount);
  if (wrong === undefined) return;
  throw new RangeError(
    `Cannot skip block ${wrong}: expected blocks from 0 to ${model.layerCount - 1} of model ` +
      `"${model.name}": correct options "attention" and "mlp"`,
  );
}

/** Every second block from 1 on, the last left out: where nobody has searched. */
export function oddBlocks(layerCount: number): readonly number[] {
  return Array.from({ length: layerCount }, (_, l) => l)
    .filter((l) => l % 2 === 1 && l < layerCount - 1);
}
