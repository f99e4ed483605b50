/**
 * Reproduce: the shapes that papers claim, put to the test on one model.
 *
 * The arms are what the claims in the summary compare; each is named there with
 * its paper, its measure and its criterion. Only a few arms are timed. A claim
 * about models tuned for a method is not tested on a model that is not.
 *
 * Sources: the papers named in the view.
 *
 * @module
 */
import type { ModelInfo } from "../harness/contract/model.ts";
import type { StudyArm, StudyPlugin } from "../harness/contract/suite.ts";
import { interventionArms } from "./_intervention_arms.ts";

/** Passes without a clock, on given texts. */
const LOCKSTEP: Pick<StudyArm, "passes"> = { passes: ["lockstep"] };
/** The same, and timed. */
const TIMED: Pick<StudyArm, "passes"> = { passes: ["lockstep", "timed"] };

function reproduceArms(model: ModelInfo): readonly StudyArm[] {
  const { layerCount } = model;
  const half = Math.round(layerCount / 2);
  const twoThirds = Math.round(2 * layerCount / 3);
  const late = Math.round(5 * layerCount / 6);
  return [
    ...interventionArms(model),
    // CALM: measures, fills, and the price of checking every block
    ...[0.3, 0.5, 0.7, 0.9].map((threshold): StudyArm => ({
      policy: `calm(measure=softmax,threshold=${threshold})`,
      ...(threshold === 0.9 ? TIMED : LOCKSTEP),
      shown: true,
    })),
    ...[0.9, 0.95, 0.99].map((threshold) => ({
      policy: `calm(measure=state,threshold=${threshold})`,
      ...LOCKSTEP,
    })),
    { policy: "calm(measure=softmax,threshold=0.5,fill=recompute)", ...LOCKSTEP },
    { policy: "oracle(agreement=first,minExit=1)", ...LOCKSTEP },
    { policy: "oracle(agreement=first,minExit=1,fill=copy)", ...LOCKSTEP },
    // static depths: exits, even spreads, random skipping
    ...[half, twoThirds, late, layerCount - 1].map((exit) => ({
      policy: `fixed_exit(exit=${exit})`,
      ...LOCKSTEP,
    })),
    ...[half, twoThirds, late].flatMap((blocks) => [
      { policy: `unified_layer_skipping(ratio=${layerCount / blocks},spacing=even)`, ...LOCKSTEP },
      { policy: `random_skip(blocks=${blocks},protectLast=0)`, ...LOCKSTEP },
    ]),
    { policy: `fixed_exit(exit=${half},fill=recompute)`, ...LOCKSTEP },
    ...[2, 3, 5].map((ratio) => ({ policy: `unified_layer_skipping(ratio=${ratio})`, ...TIMED })),
    // schedules by position
    ...["none", "project"].map((fill) => ({
      policy: `skip_decode(scheduleLength=32,maxActive=${layerCount - 1},minActive=${half}` +
        `${fill === "none" ? "" : `,fill=${fill}`})`,
      ...LOCKSTEP,
    })),
    ...["middle_out", "top_down", "bottom_up"].map((skipOrder) => ({
      policy: `d3_position_decay(refLength=64,target=1.25,skipOrder=${skipOrder})`,
      ...LOCKSTEP,
    })),
  ];
}

/** The suite of claims. */
export const reproduce: StudyPlugin = {
  name: "reproduce",
  summary: "Claims of the papers, put to the test on this model",
  suites: ["prose", "code"],
  passes: ["lockstep", "timed"],
  lens: true,
  arms: reproduceArms,
};
