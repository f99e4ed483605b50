/**
 * The arms of every intervention, shared by the studies that use them.
 *
 * @module
 */
import type { ModelInfo } from "../harness/contract/model.ts";
import type { StudyArm } from "../harness/contract/suite.ts";

/** Deletions of all blocks, then swaps of all neighbours. */
export function interventionArms(
  { layerCount }: Pick<ModelInfo, "layerCount">,
): readonly StudyArm[] {
  const blocks = Array.from({ length: layerCount }, (_, block) => block);
  return [
    ...blocks.map((block) => ({ policy: `layer_list(skip=[${block}])` })),
    ...blocks.slice(0, -1).map((block) => ({ policy: `layer_list(swap=[${block}])` })),
  ].map((arm) => ({ ...arm, passes: ["lockstep"] }));
}
