/**
 * Reports: one format per file, listed here.
 *
 * @module
 */
import { html } from "./html.ts";
import { json } from "./json.ts";
import { markdown } from "./markdown.ts";
import type { ReportPlugin } from "./plugin.ts";

export { csv } from "./csv.ts";
export { gateMarkdown } from "./gate_markdown.ts";
export { html } from "./html.ts";
export { json, SUMMARY_SCHEMA } from "./json.ts";
export { junit } from "./junit.ts";
export { markdown } from "./markdown.ts";
export type { ReportPlugin } from "./plugin.ts";

/** All report formats, the default first. */
export const reports: readonly ReportPlugin[] = [html, markdown, json];
