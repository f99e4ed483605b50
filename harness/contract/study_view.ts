/**
 * What a study found, ready to be printed: lines, tables, charts and claims.
 *
 * @module
 */
import type { Estimate } from "./summary.ts";

/** How a number is written. */
export type StudyNotation = "percent" | "ratio" | "small" | "tenths" | "count";

/** One cell of a study's table: words, or a number with its interval. */
export type StudyCell =
  | string
  | { readonly estimate: Estimate; readonly as: StudyNotation };

/** A table of a study. */
export interface StudyTable {
  /** What it shows, one sentence. */
  readonly caption: string;
  /** Headings, with units. */
  readonly columns: readonly string[];
  /** Rows, a cell per column. */
  readonly rows: readonly (readonly StudyCell[])[];
}

/** A point of a chart. */
export interface ChartPoint {
  /** Place on the horizontal axis. */
  readonly x: number;
  /** Value with its interval. */
  readonly y: Estimate;
  /** What it is, such as an arm's label. */
  readonly label: string;
}

/** A line of a chart. */
export interface ChartSeries {
  /** Its name. */
  readonly name: string;
  /** Its points, in the order in which they are joined. */
  readonly points: readonly ChartPoint[];
}

/** A chart of lines. */
export interface StudyChart {
  /** What it shows, one sentence. */
  readonly caption: string;
  /** Horizontal axis with its unit. */
  readonly x: string;
  /** Vertical axis with its unit. */
  readonly y: string;
  /** Lines. */
  readonly series: readonly ChartSeries[];
}

/** What became of a claim. */
export type ClaimVerdict = "holds" | "does not hold" | "not tested";

/** A claim of a paper, put to the test on this model. */
export interface ClaimResult {
  /** Paper. */
  readonly paper: string;
  /** What it claims, one sentence. */
  readonly claim: string;
  /** How it is measured here, one sentence. */
  readonly how: string;
  /** When it holds. */
  readonly criterion: string;
  /** The number that decides; absent when it was not tested. */
  readonly measured?: { readonly estimate: Estimate; readonly as: StudyNotation };
  /** The verdict. */
  readonly verdict: ClaimVerdict;
  /** What else must be known, such as why it was not tested. */
  readonly remark?: string;
}

/** A study of a run. */
export interface StudyView {
  /** Name of the study. */
  readonly study: string;
  /** One line for people. */
  readonly summary: string;
  /** What was found, in sentences. */
  readonly lines: readonly string[];
  /** Claims put to the test. */
  readonly claims?: readonly ClaimResult[];
  /** Charts. */
  readonly charts: readonly StudyChart[];
  /** Tables. */
  readonly tables: readonly StudyTable[];
}
