/**
 * The view of interventions: agreement and KL of every deletion and swap, by block.
 *
 * @module
 */
import type { ChartPoint, StudyCell, StudyView } from "../../contract/summary.ts";
import type { ArmRecords, RunView } from "../run_view.ts";
import { interventionsOf } from "./arms.ts";
import { contrast, type TextMetric } from "./contrast.ts";

const KINDS = [["skip", "deleted"], ["swap", "swapped with the next"]] as const;

/** Sums up interventions; `undefined` when the run holds none. */
export function interventionsView(view: RunView): StudyView | undefined {
  const { seed, model } = view.run.manifest;
  const whole = { from: 0, to: model.layerCount };
  const groups = KINDS.map(([kind, name]) => ({ name, found: interventionsOf(view, kind, whole) }));
  if (groups.every(({ found }) => found.length === 0)) return undefined;
  const of = (arm: ArmRecords, metric: TextMetric) => contrast({ a: [arm], metric, seed });
  const series = (metric: TextMetric) =>
    groups.map(({ name, found }) => ({
      name,
      points: found.flatMap(({ block, arm }): readonly ChartPoint[] => {
        const y = of(arm, metric);
        return y === undefined ? [] : [{ x: block, y, label: arm.arm.label }];
      }),
    }));
  const cell = (arm: ArmRecords, metric: TextMetric, as: "percent" | "small"): StudyCell => {
    const estimate = of(arm, metric);
    return estimate === undefined ? "—" : { estimate, as };
  };
  return {
    study: "interventions",
    summary: "Every block deleted and every pair of neighbours swapped",
    lines: [
      "Prompt and text follow the same plan, as if each were another model; no entry is owed.",
      "The first positions of a text behave differently; intervals are clustered by document.",
    ],
    charts: [
      {
        caption: "Agreement with full depth when a block is deleted or swapped",
        x: "block",
        y: "agreement, share",
        series: series("agreement"),
      },
      {
        caption: "KL(full ‖ intervened) when a block is deleted or swapped",
        x: "block",
        y: "KL, nats/token",
        series: series("kl"),
      },
    ],
    tables: groups.map(({ name, found }) => ({
      caption: `Each block ${name}`,
      columns: ["block", "agreement [%] ↑", "KL [nats/token] ↓"],
      rows: found.map(({ block, arm }) => [
        String(block),
        cell(arm, "agreement", "percent"),
        cell(arm, "kl", "small"),
      ]),
    })),
  };
}
