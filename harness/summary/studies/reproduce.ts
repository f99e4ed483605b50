/**
 * The view of claims: each put to the test on this model.
 *
 * @module
 */
import type { ClaimVerdict, StudyView } from "../../contract/summary.ts";
import type { RunView } from "../run_view.ts";
import { judge } from "./claim.ts";
import { BLOCK_CLAIMS } from "./claims_blocks.ts";
import { EXIT_CLAIMS } from "./claims_exits.ts";

/** Puts all claims to the test. */
export function reproduceView(view: RunView): StudyView {
  const claims = [...BLOCK_CLAIMS, ...EXIT_CLAIMS].map((claim) => judge(claim, view));
  const count = (verdict: ClaimVerdict) =>
    claims.filter((claim) => claim.verdict === verdict).length;
  const { name } = view.run.manifest.model;
  return {
    study: "reproduce",
    summary: "Claims of the papers, put to the test on this model",
    lines: [
      `Of ${claims.length} claims ${count("holds")} hold on model "${name}", ` +
      `${count("does not hold")} do not, ${count("not tested")} were not tested.`,
      "A claim holds when its whole 95 % interval lies on the claimed side. One that does not hold " +
      "on a small model is a result about that model; intervals are not corrected for the number " +
      "of claims.",
    ],
    claims,
    charts: [],
    tables: [],
  };
}
