/**
 * XSum from a local copy: news articles and one sentence on each.
 *
 *     file    JSON lines, {"document", "summary", "id"}
 *
 * Source: Narayan et al. 2018, arXiv:1808.08745.
 *
 * @module
 */
import type { LocalSet } from "./_local_suite.ts";
import { summarySet } from "./_summaries.ts";

/** XSum, ROUGE-L. */
export const xsum: LocalSet = summarySet({
  name: "xsum",
  summary: "XSum JSON lines; ROUGE-L of the sentence",
  document: "document",
  written: "summary",
});
