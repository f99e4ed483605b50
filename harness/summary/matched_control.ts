/**
 * Random skipping at every policy's own number of blocks.
 *
 * The control arms of a run, and full depth, are mixed as `equal_blocks.ts` says.
 * A policy whose agreement does not lie above the control's gains nothing by
 * looking at what it skips.
 *
 * @module
 */
import type { MatchedControl } from "../contract/summary.ts";
import { atEqualBlocks } from "./equal_blocks.ts";
import type { ArmRecords, RunView } from "./run_view.ts";
import type { Resampling } from "./speed_up.ts";

/** Random skipping beside an arm; `undefined` for the baseline and where there is no control. */
export function controlOf(
  arm: ArmRecords,
  { view, ...resampling }: Resampling & { readonly view: RunView },
): MatchedControl | undefined {
  if (arm.arm.role !== "policy") return undefined;
  const controls = [...view.policies, ...view.asides].filter((other) =>
    other !== arm && isControl(other)
  );
  if (!controls.some((other) => other.arm.aside === "control")) return undefined;
  return atEqualBlocks(arm, [...controls, view.baseline], resampling);
}

/** Random skipping that draws for every token, protecting both ends. */
function isControl({ arm: { policy, options, fill } }: ArmRecords): boolean {
  return policy === "random_skip" && options.route === "token" && options.draw === 0 &&
    options.protectFirst === 1 && options.protectLast === 1 && fill === "project" &&
    Number(options.blocks) > 0;
}
