/**
 * The summary as JSON, for machines.
 *
 * One object: `schema`, `kind`, `summary`. Keys are sorted at every depth, so
 * equal summaries give equal bytes whatever order they were built in. Absent
 * stays absent; a number that is not finite becomes `null`. Characters that
 * act on terminals (DEL, C1) or end lines in scripts are written as `\uXXXX`.
 *
 * @module
 */
import type { Summary } from "../harness/contract/summary.ts";
import type { ReportPlugin } from "./plugin.ts";

/** Raised with every incompatible change of the summary. */
export const SUMMARY_SCHEMA = 1;

/** Rebuilds plain objects with their keys in code-unit order. */
function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(entries);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function renderJson(summary: Summary): string {
  const head = JSON.stringify({ schema: SUMMARY_SCHEMA, kind: "depthbench-summary" }, null, 2);
  const body = JSON.stringify(summary, sortKeys, 2).replaceAll("\n", "\n  ");
  const text = `${head.slice(0, -2)},\n  "summary": ${body}\n}\n`;
  return text.replace(/[\u007f-\u009f\u2028\u2029]/g, escapeCharacter);
}

/** The summary as JSON with a schema version. */
export const json: ReportPlugin = {
  name: "json",
  extension: "json",
  mediaType: "application/json",
  render: renderJson,
};
