/**
 * HellaSwag from a local copy: how a short scene goes on.
 *
 *     file    hellaswag_val.jsonl: {"activity_label", "ctx", "endings"[4], "label", "source_id"}
 *     prompt  <activity>: <context>
 *     target  " " and the right ending
 *
 * Measured by the likelihood of the right ending. This is not the accuracy of the
 * literature, which compares the likelihoods of all four. `group` is the source,
 * as several scenes may be cut from one. Marks such as "[step]" are taken out.
 * Source: Zellers et al. 2019, arXiv:1905.07830.
 *
 * @module
 */
import type { SuiteItem } from "../../harness/contract/suite.ts";
import { localItem, type LocalSet, localSuite } from "./_local_suite.ts";
import { readRows } from "./_rows.ts";

const SUMMARY = "HellaSwag JSON lines; likelihood of the right ending";

function plain(text: string): string {
  return text.replaceAll(/\[[a-z]+\]/g, " ").replaceAll(/\s+/g, " ").trim();
}

/** HellaSwag, likelihood of the right ending. */
export const hellaswag: LocalSet = {
  name: "hellaswag",
  summary: SUMMARY,
  async open(source) {
    const items: SuiteItem[] = [];
    const data = await readRows(source, (row) => {
      const endings = row.optionalTexts("endings") ?? row.refuse("endings", "an array of texts");
      const ending = endings[Number(row.value("label") ?? NaN)];
      items.push(localItem("hellaswag", {
        prompt: `${plain(row.text("activity_label"))}: ${plain(row.text("ctx"))}`,
        target: ` ${plain(ending ?? row.refuse("label", "the index of an ending from 0"))}`,
        group: row.name("source_id"),
      }));
    });
    return localSuite({
      name: "hellaswag",
      summary: SUMMARY,
      version: 1,
      measure: { kind: "likelihood" },
      framing: "plain",
      data: { ...data, reading: "{}" },
      items,
    });
  },
};
