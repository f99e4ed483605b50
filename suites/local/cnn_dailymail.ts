/**
 * CNN/DailyMail from a local copy: news articles and their highlights.
 *
 *     file    JSON lines, {"article", "highlights", "id"}
 *
 * Source: See et al. 2017, arXiv:1704.04368, the non-anonymised version.
 *
 * @module
 */
import type { LocalSet } from "./_local_suite.ts";
import { summarySet } from "./_summaries.ts";

/** CNN/DailyMail, ROUGE-L. */
export const cnnDailymail: LocalSet = summarySet({
  name: "cnn_dailymail",
  summary: "CNN/DailyMail JSON lines; ROUGE-L of the highlights",
  document: "article",
  written: "highlights",
});
