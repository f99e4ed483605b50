/**
 * Every depth policy with settings that act on a model of L blocks.
 *
 * @module
 */

/** Policy specs; a policy that needs trained parts takes its measure without. */
export function flipSpecs(layerCount: number): readonly string[] {
  const half = Math.round(layerCount / 2);
  const influence = Array.from({ length: layerCount }, (_, block) => (7 * block) % layerCount);
  const three = [half, half + Math.round(layerCount / 6), layerCount - 1];
  return [
    "full_depth",
    `fixed_exit(exit=${half})`,
    `layer_list(skip=[${half}],swap=[1],repeat=[2])`,
    "unified_layer_skipping(ratio=2)",
    `skip_decode(scheduleLength=8,maxActive=${layerCount - 2},minActive=${half})`,
    "d3_position_decay(refLength=16,alpha=0.95)",
    `short_gpt(influence=[${influence}],remove=2)`,
    "calm(measure=softmax,threshold=0.5)",
    "calm(measure=softmax,threshold=0.5,fill=recompute)",
    "calm(measure=state,threshold=0.97)",
    `free_shallow_deep(exit=${half},threshold=0.5,minSamples=3)`,
    `random_skip(blocks=${half + 0.5})`,
    `random_skip(blocks=${half},route=sequence)`,
    `random_exit(blocks=${half + 0.5})`,
    `oracle(minExit=${three[0]})`,
    `sequence_oracle(pattern=even,blocks=${half})`,
  ];
}
