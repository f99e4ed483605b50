/**
 * Speed-ups of static plans predicted from what their parts cost alone.
 *
 *     C(plan) = c_step + c_head + Σ runs  blocks · c_part + Σ fills  blocks · c_fill
 *     predicted speed-up = C(full depth) / C(plan)
 *
 * with c a time in ms, bytes, or multiply-accumulates of one row; parts and
 * fills per block. The fills `hole` and `none` write a mark only, so one stands
 * for the other.
 *
 * @module
 */
import type { PlanProgram } from "../harness/decode/plan_program.ts";
import type { KvFill } from "../harness/contract/backend.ts";
import type { PartName } from "./part.ts";

/** Cost of each part of a one-row step: per block, or per call for `step` and `head`. */
export type PartCosts = Readonly<Record<PartName, number>>;

/** Cost of one decode step under a compiled plan. */
export function stepCost(
  { instructions }: Pick<PlanProgram, "instructions">,
  { costs, fill }: { readonly costs: PartCosts; readonly fill: KvFill },
): number {
  let cost = costs.step + costs.head;
  for (const instruction of instructions) {
    const blocks = instruction.span.to - instruction.span.from;
    cost += blocks * (instruction.kind === "run" ? costs[instruction.part] : fillCost(costs, fill));
  }
  return cost;
}

function fillCost(costs: PartCosts, fill: KvFill): number {
  switch (fill) {
    case "project":
    case "copy":
    case "hole":
      return costs[fill];
    case "none":
      return costs.hole;
    case "recompute":
      throw new RangeError(
        'Cannot predict fill "recompute": its blocks run in later steps: use project, copy, hole or none',
      );
  }
}

/** Full depth's cost divided by the plan's. */
export function predictSpeedUp(
  program: Pick<PlanProgram, "instructions">,
  { costs, fill, layerCount }: {
    readonly costs: PartCosts;
    readonly fill: KvFill;
    readonly layerCount: number;
  },
): number {
  const span = { from: 0, to: layerCount };
  const full = { instructions: [{ kind: "run", span, part: "block", pass: 0 }] } as const;
  return stepCost(full, { costs, fill }) / stepCost(program, { costs, fill });
}
