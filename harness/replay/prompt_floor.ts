/**
 * The lowest height at which a prompt's positions leave.
 *
 * @module
 */
import { isExitPlan } from "../decode/bound_policy.ts";
import { itemKey } from "../decode/chance.ts";
import { climber } from "../decode/climber.ts";
import { DecisionPoint } from "../decode/decision_point.ts";
import type { BoundSetting } from "./setting.ts";
import type { TableItem } from "./trace_table.ts";

/**
 * L unless the policy acts on the prompt. Then it is known for plans, and 0 for
 * decisions, whose signals at prompt positions are not traced. The last prompt
 * position is traced and not counted.
 */
export function promptFloor(bound: BoundSetting, item: TableItem): number {
  const { layerCount } = bound.table.manifest.model;
  if (!bound.actsOnPrompt) return layerCount;
  const policy = bound.bound(item.limits);
  if (policy.kind === "decide") return 0;
  const { seed } = bound.table.manifest;
  const point = new DecisionPoint(policy.point, { seed, item: itemKey(item.item) });
  point.state = policy.state?.initial(policy.point, policy.options);
  const row = { ...climber(), phase: "prompt" as const };
  let floor = layerCount;
  for (; row.position < item.promptTokens - 1; row.position++) {
    point.moveTo(row, -1, []);
    const plan = policy.plan(point);
    floor = Math.min(floor, isExitPlan(plan) ? plan.length : 0);
  }
  return floor;
}
