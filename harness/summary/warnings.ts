/**
 * Warnings in words: what a reader must know before believing a number.
 *
 * @module
 */
import type { ArmSummary, Noise, Summary } from "../contract/summary.ts";
import { FEW_CLUSTERS } from "./bootstrap.ts";
import { breaksLength } from "./explain.ts";
import { heightsOf } from "./heights.ts";
import type { ArmRecords, RunView } from "./run_view.ts";
import { countText, percentText } from "./words.ts";

/** What {@linkcode warningsOf} reads. */
export interface WarningInput {
  /** The sorted run. */
  readonly view: RunView;
  /** Baseline and policies, summed up. */
  readonly arms: readonly ArmSummary[];
  /** Timing noise. */
  readonly noise: Noise | undefined;
  /** Timed blocks without a counterpart of as many steps, by arm label. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/** All warnings, the gravest first. */
export function warningsOf(input: WarningInput): Summary["warnings"] {
  const { view, arms } = input;
  const policies = arms.filter(({ role }) => role === "policy");
  return [
    ...softwareAdapter(view),
    ...arms.flatMap(failures),
    ...view.policies.flatMap(transferred),
    ...timing(input),
    ...fewPrompts(arms),
    ...uninformativeSuites(arms),
    ...oracleAbsences(view),
    ...view.policies.flatMap((arm) => triggers(arm, view.run.manifest.model.layerCount)),
    ...policies.flatMap(lengths),
    ...policies.flatMap(unchanged),
    ...policies.flatMap(undecided),
    ...policies.flatMap(untrained),
  ];
}

function softwareAdapter({ run }: RunView): readonly string[] {
  const { name, features } = run.manifest.backend;
  const software = features.find((feature) => /llvmpipe|swiftshader|software/i.test(feature));
  return software === undefined ? [] : [
    `Backend "${name}" ran on a software adapter ("${software}"): counts are meaningful, times are not.`,
  ];
}

function failures({ label, counts, troubles }: ArmSummary): readonly string[] {
  const { failed, skipped } = counts;
  if (failed + skipped === 0) return [];
  const parts = [
    ...failed > 0 ? [`${countText(failed, "cell")} failed`] : [],
    ...skipped > 0 ? [`${countText(skipped, "cell")} skipped`] : [],
  ];
  return [`${label}: ${parts.join(" and ")}, first reason: ${troubles[0] ?? "none given"}.`];
}

/** A guarantee holds where it was made. */
function transferred({ arm: { label, calibration } }: ArmRecords): readonly string[] {
  return calibration?.transferred === undefined ? [] : [
    `${label}: its options were calibrated on model ${calibration.model} and used with another ` +
    `${calibration.transferred.join(" and another ")}: the calibration's guarantee is void here.`,
  ];
}

function timing({ view, noise, leftOut }: WarningInput): readonly string[] {
  const timed = view.baseline.timed.length > 0;
  return [
    ...noise?.verdict === "noisy" ? [`Noisy timing: ${noise.reasons.join("; ")}.`] : [],
    ...timed && noise === undefined
      ? ["The baseline was timed once only: verdicts use the margin alone, not the noise."]
      : [],
    ...[...leftOut].flatMap(([label, count]) =>
      count === 0 ? [] : [
        `${label}: ${
          countText(count, "timed visit")
        } left out, without a baseline visit of as many steps.`,
      ]
    ),
  ];
}

function fewPrompts(arms: readonly ArmSummary[]): readonly string[] {
  const few = new Map<string, number>();
  for (const { speed, quality } of arms) {
    for (const { suite, value } of quality) few.set(`Suite ${suite}`, value.clusters);
    if (speed !== undefined) few.set("Timing", speed.decodeMs.clusters);
  }
  return [...few].flatMap(([what, clusters]) =>
    clusters >= FEW_CLUSTERS ? [] : [
      `${what} rests on ${countText(clusters, "prompt")}: below ${FEW_CLUSTERS} ` +
      `intervals are rough and nothing is called equivalent.`,
    ]
  );
}

function uninformativeSuites(arms: readonly ArmSummary[]): readonly string[] {
  const baseline = arms.find(({ role }) => role === "baseline");
  return (baseline?.quality ?? []).flatMap(({ suite, metric, value }) =>
    metric === "score" && value.value === 0
      ? [`Full depth scores 0 on suite ${suite}: it cannot tell policies apart and gets no class.`]
      : []
  );
}

/** Why oracle heights were not read; the reason is the model's, so all arms share it. */
function oracleAbsences({ baseline }: RunView): readonly string[] {
  const reasons = baseline.lockstep.flatMap(({ oracleAbsent }) => oracleAbsent ?? []);
  return [...new Set(reasons)].map((reason) => `${reason}.`);
}

/** A dynamic policy that always or never acts was not tested by this run. */
function triggers({ arm, ...records }: ArmRecords, layerCount: number): readonly string[] {
  const view = heightsOf({ arm, ...records }, layerCount);
  if (view === undefined) return [];
  const chooses = arm.scope !== "run" && arm.scope !== "token";
  if (view.actionRate === 0 && chooses) {
    return [`${arm.label} never acted: all of its tokens ran all ${layerCount} blocks.`];
  }
  const dynamic = arm.scope === "block" || arm.scope === "rule";
  return dynamic && view.actionRate === 1
    ? [`${arm.label} acted on every token: its rule did not choose between tokens.`]
    : [];
}

function lengths({ label, quality }: ArmSummary): readonly string[] {
  return quality.flatMap(({ suite, lengthRatio }) =>
    lengthRatio === undefined || !breaksLength(lengthRatio) ? [] : [
      `${label} writes ${percentText(lengthRatio)} of full depth's length on suite ${suite}: ` +
      `outside 90–110 % its class is "fail".`,
    ]
  );
}

/** Without a changed item the interval has no width; Hanley's 3/n says what it hides. */
function unchanged({ label, quality, card }: ArmSummary): readonly string[] {
  if (card.lossless) return [];
  return quality.flatMap(({ suite, churn, difference }) =>
    churn === undefined || difference === undefined || churn.lost + churn.won > 0 ? [] : [
      `${label} changed no score on suite ${suite}: with ${
        countText(difference.clusters, "prompt")
      } losses on up to ${percentText(Math.min(1, 3 / difference.clusters))} of prompts ` +
      `cannot be excluded.`,
    ]
  );
}

function undecided({ label, speed }: ArmSummary): readonly string[] {
  if (speed === undefined || speed.verdict === "faster" || speed.verdict === "slower") return [];
  const clusters = speed.perPrompt.clusters;
  return [
    Number.isNaN(speed.minimumDetectable)
      ? `${label}: ${countText(clusters, "prompt")} cannot show any difference in speed.`
      : `${label}: no difference in speed shown (${speed.verdict}); this run could detect ${
        percentText(speed.minimumDetectable)
      } or more.`,
  ];
}

function untrained({ label, card }: ArmSummary): readonly string[] {
  return card.training === "required"
    ? [`${label}: the paper's claims need a model trained for the method, see its card.`]
    : [];
}
