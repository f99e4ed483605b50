/**
 * An explained generation as a table. Numbers come computed; this file only writes them.
 *
 * @module
 */
import type { ExplainedHeight, ExplainedToken } from "./explain.ts";
import { alignedTable, numberText } from "./summary_table.ts";
import { oneLine, stripControls } from "./terminal_text.ts";

const ABSENT = "—";

/** A token's text in quotes, harmless on a terminal. */
function quoted(text: string): string {
  return JSON.stringify(stripControls(text));
}

function testText({ tests = [] }: ExplainedHeight): string {
  if (tests.length === 0) return ABSENT;
  return tests.map(({ signal, is, value }) =>
    value === undefined ? `${signal} off` : `${signal} ${is} ${numberText(value)}`
  ).join(", ");
}

/** The heights of one token, below a line that names it. */
export function explainTable(made: ExplainedToken, layerCount: number): string {
  const { index, text, exitHeight, blocksRun, fill, heights } = made;
  const head = `${index + 1}. ${quoted(text)} read out at ${exitHeight} of ${layerCount}, ` +
    `${numberText(blocksRun)} blocks run${fill === undefined ? "" : `, fill ${fill}`}`;
  if (heights.length === 0) return `${oneLine(head)}, from the prompt\n`;
  const names = [...new Set(heights.flatMap(({ signals }) => Object.keys(signals ?? {})))];
  const hasTests = heights.some(({ tests }) => tests !== undefined);
  const rows = heights.map((at) => [
    `  ${at.height}`,
    at.lens === undefined ? ABSENT : quoted(at.lens.text),
    at.lens === undefined ? ABSENT : numberText(at.lens.probability),
    ...names.map((name) => numberText(at.signals?.[name])),
    ...hasTests ? [testText(at)] : [],
    at.action ?? ABSENT,
  ]);
  const header = [
    "  height",
    "lens",
    "p",
    ...names,
    ...hasTests ? ["threshold"] : [],
    "decision",
  ];
  return `${oneLine(head)}\n${alignedTable(header, rows)}`;
}
