/**
 * A gate's report with hostile names, for tests.
 *
 * @module
 */
import type { GateReport } from "../../harness/contract/gate.ts";
import { HOSTILE_LABEL } from "./summary.ts";

/** Every outcome once, hostile text in every place that takes text. */
export const GATE: GateReport = {
  kind: "depthbench-gate",
  schema: 1,
  outcome: "failed",
  exitCode: 3,
  a: { run: "sha256:aaaa", blessed: "2030-01-01", reason: `${HOSTILE_LABEL} | <b>@you</b> #1` },
  b: { run: "sha256:bbbb" },
  model: HOSTILE_LABEL,
  backend: "cpu 1",
  checks: [
    {
      kind: "failure",
      arm: HOSTILE_LABEL,
      name: "failed rows",
      a: 0,
      b: 2,
      outcome: "failed",
      says: "\u0000]]>&\"'<x>\ufffe",
    },
    {
      kind: "counter",
      arm: "calm",
      name: "blocks",
      a: 8,
      b: 8.5,
      outcome: "regression",
      says: "+6 %",
    },
    {
      kind: "output",
      arm: "calm",
      name: "outputs",
      a: 0,
      b: 1,
      outcome: "noted",
      says: "1 changed",
    },
    {
      kind: "quality",
      arm: "calm",
      suite: "copy",
      name: "score",
      a: 1,
      b: 1,
      outcome: "pass",
      says: "equal",
    },
    { kind: "time", arm: "calm", name: "time", outcome: "inconclusive", says: "run longer" },
  ],
  notes: [`note ${HOSTILE_LABEL}`],
};
