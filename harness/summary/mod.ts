/**
 * Summaries: records to everything that a report prints.
 *
 * All arithmetic happens here, and all of it is determined by the records, the
 * manifest's seed and the options. How each number is made is said in the file
 * that makes it and, for readers, in `methods.ts`.
 *
 * @module
 */
import type { StoredRun } from "../contract/record.ts";
import type { ArmSummary, Speed, Summary } from "../contract/summary.ts";
import { answerOf } from "./answer.ts";
import { choicesOf } from "./choices.ts";
import { purposeSeed } from "./clusters.ts";
import { confidenceOf } from "./confidence.ts";
import { costOf } from "./cost.ts";
import { draftGridsOf, draftingOf } from "./drafting/acceptance.ts";
import { draftWarnings } from "./drafting/warnings.ts";
import { fidelityOf } from "./fidelity.ts";
import { heightsOf } from "./heights.ts";
import { controlOf } from "./matched_control.ts";
import { curvesView } from "./curves.ts";
import { ledgerViewOf } from "./ledger_view.ts";
import { studyViews } from "./studies/mod.ts";
import { methodsOf } from "./methods.ts";
import { settle, type SummaryOptions, type SummarySettings } from "./options.ts";
import { paretoOf } from "./pareto.ts";
import { adjustQuality, suiteQuality, worstOf } from "./quality.ts";
import { type ArmRecords, type RunView, shownArms, suitesOf, viewRun } from "./run_view.ts";
import { samplesOf } from "./samples.ts";
import { timingOf } from "./timing.ts";
import { warningsOf } from "./warnings.ts";

export type { SummaryOptions } from "./options.ts";
export { parityOf, withParity } from "./parity.ts";
export { withTwin } from "./twin.ts";

/**
 * Sums up a run. Throws `InputError` for a run without a baseline arm and
 * `RangeError` for options without meaning.
 *
 * @example
 * ```ts ignore
 * const summary = summarize(await store.read(), { margin: 0.02 });
 * console.log(summary.answer.join("\n"));
 * ```
 */
export function summarize(run: StoredRun, options: SummaryOptions = {}): Summary {
  const settings = settle({ margin: run.manifest.margin, ...options });
  const view = viewRun(run);
  const timing = timingOf(view, settings);
  const arms = adjustQuality(
    shownArms(view).map((arm) =>
      armSummary(arm, { view, settings, speed: timing.speeds.get(arm.arm.label) })
    ),
  );
  const choices = choicesOf(arms, run.manifest.model.layerCount);
  const pareto = paretoOf(arms);
  const { noise, leftOut } = timing;
  const studies = studyViews(view);
  const curves = curvesView(view);
  const draftGrids = draftGridsOf(
    shownArms(view).map((records, i) => ({ records, drafting: arms[i]!.drafting })),
  );
  const summary = {
    manifest: run.manifest,
    arms,
    samples: samplesOf(view, settings.samples),
    ...(noise === undefined ? {} : { noise }),
  };
  return {
    ...summary,
    answer: answerOf({ arms, noise, layerCount: run.manifest.model.layerCount }),
    ...(choices === undefined ? {} : { choices }),
    ...(pareto === undefined ? {} : { pareto }),
    ...(studies.length === 0 ? {} : { studies }),
    ...(curves === undefined ? {} : { curves }),
    ...(draftGrids.length === 0 ? {} : { draftGrids }),
    warnings: [...draftWarnings(arms), ...warningsOf({ view, arms, noise, leftOut })],
    methods: methodsOf(summary, settings),
  };
}

interface ArmContext {
  readonly view: RunView;
  readonly settings: SummarySettings;
  readonly speed: Speed | undefined;
}

function armSummary(records: ArmRecords, { view, settings, speed }: ArmContext): ArmSummary {
  const { arm, counts, troubles } = records;
  const { baseline, policies } = view;
  const { seed, model } = view.run.manifest;
  const sampling = (...purpose: readonly string[]) => ({
    seed: purposeSeed(seed, arm.label, ...purpose),
    resamples: settings.resamples,
  });
  const quality = suitesOf(view).flatMap((suite) =>
    suiteQuality(records, { suite, baseline, policies, ...sampling("quality", suite.name) }) ?? []
  );
  const worstQuality = worstOf(quality.flatMap((each) => each.quality ?? []));
  const { layerCount } = model;
  const fidelity = fidelityOf(records.lockstep, { layerCount, ...sampling("fidelity") });
  const suites = suitesOf(view).flatMap(({ name }) => {
    const own = records.lockstep.filter((record) => record.suite === name);
    const found = fidelityOf(own, { layerCount, ...sampling("fidelity", name) });
    return found === undefined ? [] : [{ suite: name, ...found }];
  });
  const cost = costOf(records, { baseline, model, ...sampling("cost") });
  const heightView = heightsOf(records, layerCount);
  const control = controlOf(records, { view, ...sampling("control") });
  const ledger = ledgerViewOf(records, { baseline, vocabSize: model.vocabSize });
  const confidence = confidenceOf(records.lockstep, layerCount);
  const drafting = draftingOf(records, { baseline, resampling: sampling("drafting") });
  return {
    label: arm.label,
    role: arm.role,
    fill: arm.fill,
    card: arm.card,
    counts,
    troubles: troubles.slice(0, 10),
    quality,
    ...(worstQuality === undefined ? {} : { worstQuality }),
    ...(fidelity === undefined ? {} : { fidelity: { ...fidelity, suites } }),
    ...(speed === undefined ? {} : { speed }),
    ...(cost === undefined ? {} : { cost }),
    ...(control === undefined ? {} : { control }),
    ...(ledger === undefined ? {} : { ledger }),
    ...(confidence === undefined ? {} : { confidence }),
    ...(drafting === undefined ? {} : { drafting }),
    ...(heightView === undefined
      ? {}
      : { heights: heightView.heights, exitRate: heightView.exitRate }),
  };
}
