/**
 * The best policy per quality class, or why none pays.
 *
 * A policy pays when it is faster than full depth; in a run without timing, when
 * it needs fewer multiply-accumulates. An arm of a better class counts for the
 * worse ones too. Upper bounds are no candidates. Where none pays, the sentence
 * speaks of the arm that comes nearest: of those that keep the class the one that
 * gains most, else the one whose lowest quality ratio is highest.
 *
 * @module
 */
import type {
  ArmSummary,
  ClassChoice,
  Estimate,
  QualityClass,
  SuiteQuality,
} from "../contract/summary.ts";
import { explain } from "./explain.ts";
import { CLASS_FLOORS, QUALITY_CLASSES } from "./quality.ts";
import { percentText } from "./words.ts";

/** Classes that pass, best first. */
export const PASSING = ["A", "B", "C"] as const;

/** Choices over the arms of a run; `undefined` where no policy has a class. */
export function choicesOf(
  arms: readonly ArmSummary[],
  layerCount: number,
): readonly ClassChoice[] | undefined {
  const policies = arms.filter(({ role, card }) => role === "policy" && card.deployable !== false);
  const measured = policies.filter(({ worstQuality }) => worstQuality !== undefined);
  if (measured.length === 0) return undefined;
  return PASSING.map((quality) => {
    const keeping = measured.filter((arm) => keeps(arm, quality));
    const best = bestOf(keeping.filter(pays));
    if (best !== undefined) {
      const lowest = lowestOf(best);
      return {
        quality,
        arm: best.label,
        gain: gainEstimate(best),
        ...(lowest === undefined ? {} : { lowest }),
      };
    }
    const nearest = bestOf(keeping);
    if (nearest !== undefined) return { quality, reason: explain(nearest, layerCount) };
    const closest = measured.reduce((a, b) => floorOf(b) > floorOf(a) ? b : a);
    return { quality, reason: `No policy keeps it. ${shortfall(closest)}` };
  });
}

/** Whether the arm is measurably faster, or cheaper where nothing was timed. */
export function pays({ speed, cost }: ArmSummary): boolean {
  if (speed !== undefined) return speed.verdict === "faster";
  return cost !== undefined && cost.macs < 1;
}

/** Whether the arm's class is at least as good. */
export function keeps({ worstQuality }: ArmSummary, name: QualityClass): boolean {
  return worstQuality !== undefined &&
    QUALITY_CLASSES.indexOf(worstQuality) <= QUALITY_CLASSES.indexOf(name);
}

/** Speed-up per prompt, or full-depth MACs ÷ its MACs. */
export function gain({ speed, cost }: ArmSummary): number {
  return speed?.perPrompt.value ?? (cost === undefined ? 0 : 1 / cost.macs);
}

/** The arm that gains most; the first of equals. */
export function bestOf(arms: readonly ArmSummary[]): ArmSummary | undefined {
  return arms.reduce<ArmSummary | undefined>(
    (best, arm) => best === undefined || gain(arm) > gain(best) ? arm : best,
    undefined,
  );
}

function gainEstimate({ speed, cost }: ArmSummary): Estimate {
  if (speed !== undefined) return speed.perPrompt;
  const value = 1 / cost!.macs; // counted, not sampled: no interval
  return { value, low: value, high: value, clusters: cost!.blocksRun.clusters };
}

function lowestOf({ quality }: ArmSummary): ClassChoice["lowest"] {
  const rated = quality.filter(hasRatio);
  if (rated.length === 0) return undefined;
  const { suite, ratio } = rated.reduce((a, b) => lowEnd(b.ratio) < lowEnd(a.ratio) ? b : a);
  return { suite, ratio };
}

function hasRatio(quality: SuiteQuality): quality is SuiteQuality & { readonly ratio: Estimate } {
  return quality.ratio !== undefined;
}

/** An interval that cannot be told excludes nothing. */
function lowEnd({ low }: Estimate): number {
  return Number.isNaN(low) ? 0 : low;
}

function floorOf(arm: ArmSummary): number {
  const lowest = lowestOf(arm);
  return lowest === undefined ? 0 : lowEnd(lowest.ratio);
}

function shortfall(arm: ArmSummary): string {
  const lowest = lowestOf(arm);
  if (lowest === undefined) return `${arm.label} is the nearest.`;
  const { suite, ratio } = lowest;
  const least = Number.isNaN(ratio.low) ? "" : `, at least ${percentText(ratio.low)},`;
  const kept = `keeps ${percentText(ratio.value)}${least} of full depth's quality on ${suite}`;
  const length = arm.quality.find((each) =>
    each.quality === "fail" && each.lengthRatio !== undefined &&
    lowEnd(each.ratio ?? ratio) >= CLASS_FLOORS.C
  );
  return length === undefined
    ? `The nearest is ${arm.label}: it ${kept}.`
    : `The nearest is ${arm.label}: it ${kept}, and writes ${
      percentText(length.lengthRatio!)
    } of full depth's length on ${length.suite}.`;
}
