/**
 * LAMBADA from a local copy: the last word of a passage, which only the whole passage gives away.
 *
 *     file    JSON lines, {"text"}
 *     prompt  the text up to its last space
 *     target  that space and the last word
 *
 * Measured by the likelihood of the word. Source: Paperno et al. 2016, arXiv:1606.06031.
 *
 * @module
 */
import type { SuiteItem } from "../../harness/contract/suite.ts";
import { localItem, type LocalSet, localSuite } from "./_local_suite.ts";
import { readRows } from "./_rows.ts";

const SUMMARY = "LAMBADA JSON lines; likelihood of the last word";

/** LAMBADA, likelihood of the last word. */
export const lambada: LocalSet = {
  name: "lambada",
  summary: SUMMARY,
  async open(source) {
    const items: SuiteItem[] = [];
    const data = await readRows(source, (row) => {
      const text = row.text("text").trimEnd();
      const at = text.lastIndexOf(" ");
      if (at <= 0) row.refuse("text", "a text of at least two words");
      items.push(localItem("lambada", { prompt: text.slice(0, at), target: text.slice(at) }));
    });
    return localSuite({
      name: "lambada",
      summary: SUMMARY,
      version: 1,
      measure: { kind: "likelihood" },
      framing: "plain",
      data: { ...data, reading: "{}" },
      items,
    });
  },
};
