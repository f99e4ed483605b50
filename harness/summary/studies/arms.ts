/**
 * Finding the arms of a study among a run's.
 *
 * @module
 */
import type { ArmRecords, RunView } from "../run_view.ts";

/** All arms that are compared, shown or not. */
export function allArms({ baseline, policies, asides }: RunView): readonly ArmRecords[] {
  return [baseline, ...policies, ...asides];
}

/** Arms of a policy whose options are as given; options that are not named may be anything. */
export function armsWith(
  view: RunView,
  policy: string,
  options: Readonly<Record<string, unknown>> = {},
): readonly ArmRecords[] {
  return allArms(view).filter(({ arm }) =>
    arm.policy === policy &&
    Object.entries(options).every(([name, value]) =>
      name === "fill"
        ? arm.fill === value
        : JSON.stringify(arm.options[name]) === JSON.stringify(value)
    )
  );
}

/** The deletion of one block, or the swap of one with the next. */
export function intervention(
  view: RunView,
  kind: "skip" | "swap",
  block: number,
): ArmRecords | undefined {
  const none = { order: [], skip: [], skipAttention: [], skipMlp: [], repeat: [], swap: [] };
  return armsWith(view, "layer_list", { ...none, [kind]: [block], prompt: true })[0];
}

/** Interventions of one kind on blocks `from` to `to − 1` that the run holds. */
export function interventionsOf(
  view: RunView,
  kind: "skip" | "swap",
  { from, to }: { readonly from: number; readonly to: number },
): readonly { readonly block: number; readonly arm: ArmRecords }[] {
  const found = [];
  for (let block = from; block < to; block++) {
    const arm = intervention(view, kind, block);
    if (arm !== undefined && arm.lockstep.length > 0) found.push({ block, arm });
  }
  return found;
}

/** Blocks between 20 and 80 % of the depth. */
export function middleBlocks(layerCount: number): { readonly from: number; readonly to: number } {
  return { from: Math.ceil(0.2 * layerCount), to: Math.floor(0.8 * layerCount) };
}
