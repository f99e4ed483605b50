/**
 * Numbers of studies as text, the same in every format.
 *
 * @module
 */
import type { ClaimResult, StudyCell, StudyNotation } from "../harness/contract/summary.ts";
import {
  ABSENT,
  interval,
  type Notation,
  number,
  percent,
  ratio,
  small,
  tenths,
} from "./_format.ts";

const NOTATIONS: Readonly<Record<StudyNotation, Notation>> = {
  percent,
  ratio,
  small,
  tenths,
  count: (value) => value.toFixed(0),
};

/** A number and its interval, apart. */
export interface CellText {
  /** The number, or words. */
  readonly text: string;
  /** The interval; absent for words, and where it has no width. */
  readonly note?: string;
}

/** A cell as text. */
export function studyCellText(cell: StudyCell): CellText {
  if (typeof cell === "string") return { text: cell };
  const { estimate, as } = cell;
  const notation = NOTATIONS[as];
  const text = number(estimate.value, notation);
  return estimate.low === estimate.high ? { text } : { text, note: interval(estimate, notation) };
}

/** What was measured of a claim, with its unit; `—` when nothing was. */
export function measuredText({ measured }: Pick<ClaimResult, "measured">): CellText {
  if (measured === undefined) return { text: ABSENT };
  const { text, note } = studyCellText(measured);
  const unit = measured.as === "percent" ? " %" : measured.as === "tenths" ? " blocks" : "";
  return { text: `${text}${unit}`, ...(note === undefined ? {} : { note }) };
}
