/** @jsxImportSource preact */
/**
 * Sections of a page for studies, curves and the control, where a run has them.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Summary } from "../harness/contract/summary.ts";
import { Drafts, hasDrafts } from "./_acceptance.tsx";
import { ControlTable } from "./_control.tsx";
import { Study } from "./_study.tsx";
import { visibleLine } from "./_visible.ts";

/** A section as the page takes it. */
export interface StudySection {
  /** Fragment identifier. */
  readonly id: string;
  /** Heading. */
  readonly title: string;
  /** Sentence beneath it. */
  readonly lead: string;
  /** What it holds. */
  readonly content: ComponentChildren;
}

/** Titles of studies. */
const TITLES: Readonly<Record<string, string>> = {
  reproduce: "Claims of the papers",
  interventions: "Interventions",
  suitability: "Suitability",
  "oracle_gap": "Oracle gap",
};

/** The sections of a summary. */
export function studySections(summary: Summary): readonly StudySection[] {
  const { studies = [], curves } = summary;
  return [
    ...studies.map((study) => ({
      id: `study-${study.study.replaceAll("_", "-")}`,
      title: TITLES[study.study] ?? visibleLine(study.study),
      lead: `${visibleLine(study.summary)}.`,
      content: <Study study={study} />,
    })),
    ...curves === undefined ? [] : [{
      id: "curves",
      title: "Curves",
      lead: `${visibleLine(curves.summary)}.`,
      content: <Study study={curves} />,
    }],
    ...hasDrafts(summary)
      ? [{
        id: "drafts",
        title: "Drafts",
        lead: "What was drafted, how much of it full depth accepted, and what it cost.",
        content: <Drafts summary={summary} />,
      }]
      : [],
    ...summary.arms.some(({ control }) => control !== undefined)
      ? [{
        id: "control",
        title: "Random skipping",
        lead: "What leaving out as many blocks at random achieves: a policy that looks at its " +
          "tokens must do better.",
        content: <ControlTable summary={summary} />,
      }]
      : [],
  ];
}
