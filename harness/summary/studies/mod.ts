/**
 * Views of the studies that a run belongs to.
 *
 * @module
 */
import type { StudyView } from "../../contract/summary.ts";
import type { RunView } from "../run_view.ts";
import { interventionsView } from "./interventions.ts";
import { oracleGapView } from "./oracle_gap.ts";
import { reproduceView } from "./reproduce.ts";
import { suitabilityView } from "./suitability.ts";

/** How each study is summed up, by name. */
const VIEWS: Readonly<Record<string, (view: RunView) => StudyView | undefined>> = {
  interventions: interventionsView,
  suitability: suitabilityView,
  "oracle_gap": oracleGapView,
  reproduce: reproduceView,
};

/** Views of a run's studies, in their order; a study without results has none. */
export function studyViews(view: RunView): readonly StudyView[] {
  return (view.run.manifest.studies ?? []).flatMap((name) => VIEWS[name]?.(view) ?? []);
}
