/**
 * Part times as Markdown: per block and row counts, with the bandwidth reached.
 *
 * @module
 */
import { figure, figureWithInterval, markdownTable, percent } from "./markdown_table.ts";
import { isPerBlock, PARTS } from "./part.ts";
import type { PartResults, PartRow } from "./part_results.ts";

/** Times of every part at every row count. */
export function timeTable({ parts, model }: PartResults): string {
  const rowCounts = [...new Set(parts.map(({ rows }) => rows))];
  const scale = (row: PartRow) => 1000 / (isPerBlock(row.part) ? model.layerCount : 1);
  return markdownTable(
    ["part [µs] ↓", ...rowCounts.map((rows) => `${rows} row${rows === 1 ? "" : "s"}`)],
    PARTS.map((part) => [
      isPerBlock(part) ? `${part}, per block` : `${part}, per call`,
      ...rowCounts.map((rows) => {
        const row = parts.find((each) => each.part === part && each.rows === rows);
        if (row === undefined) return "—";
        const { value, low, high } = row.ms;
        const by = scale(row);
        return figureWithInterval({ value: value * by, low: low * by, high: high * by });
      }),
    ]),
  );
}

/** Row counts whose rates are shown, where they were timed. */
const RATE_ROWS = [1, 8, 97, 512];

/** Bytes, share of the bandwidth, and multiply-accumulates per second of parts. */
export function rateTable({ parts, bandwidth }: PartResults): string {
  const shown = parts.filter(({ part, rows }) =>
    part !== "step" && part !== "hole" && RATE_ROWS.includes(rows)
  );
  return markdownTable(
    ["part, rows", "MB moved", "GB/s", "of bandwidth", "GMAC/s"],
    shown.map(({ part, rows, bytes, macs, ms }) => {
      const seconds = ms.value / 1000;
      return [
        `${part}, ${rows}`,
        figure(bytes / 1e6),
        figure(bytes / seconds / 1e9),
        percent(bytes / seconds / bandwidth),
        macs === 0 ? "—" : figure(macs / seconds / 1e9),
      ];
    }),
  );
}

/** How the cost of a row falls as rows go together: whole blocks and head. */
export function sharingTable({ parts }: PartResults): string {
  const rowCounts = [...new Set(parts.map(({ rows }) => rows))];
  const time = (rows: number) =>
    ["block", "head"].reduce((sum, part) => {
      const row = parts.find((each) => each.part === part && each.rows === rows);
      return sum + (row?.ms.value ?? NaN);
    }, 0);
  const one = time(1);
  return markdownTable(
    ["blocks and head", ...rowCounts.map((rows) => `${rows} row${rows === 1 ? "" : "s"}`)],
    [
      ["ms per row ↓", ...rowCounts.map((rows) => figure(time(rows) / rows))],
      ["of one row's time ↓", ...rowCounts.map((rows) => figure(time(rows) / one))],
    ],
  );
}
