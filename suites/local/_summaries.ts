/**
 * What sets of documents with written summaries share.
 *
 *     prompt  <document>\nTL;DR:
 *     target  " " and the summary, its line breaks as spaces
 *
 * The answer ends at a line break. Scored by the F1 of ROUGE-L without stemming.
 *
 * @module
 */
import type { SuiteItem } from "../../harness/contract/suite.ts";
import { rougeL } from "../metrics/rouge_l.ts";
import { localItem, type LocalSet, localSuite } from "./_local_suite.ts";
import { readRows } from "./_rows.ts";

/** Longest summary in tokens. */
const MAX_TOKENS = 128;

/** Name of a set and the fields that it has. */
export interface SummarySet {
  /** Name of the set. */
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Field of the document. */
  readonly document: string;
  /** Field of its summary. */
  readonly written: string;
}

/** A set whose rows have the two fields and an `id`, which may be missing. */
export function summarySet({ name, summary, document, written }: SummarySet): LocalSet {
  return {
    name,
    summary,
    async open(source) {
      const items: SuiteItem[] = [];
      const data = await readRows(source, (row) => {
        const prompt = `${row.text(document).trim()}\nTL;DR:`;
        const target = ` ${row.text(written).trim().replaceAll(/\s*\n\s*/g, " ")}`;
        items.push(localItem(name, { id: row.name("id"), prompt, target }));
      });
      return localSuite({
        name,
        summary,
        version: 1,
        measure: {
          kind: "generation",
          maxTokens: MAX_TOKENS,
          stop: "\n",
          score: (answer: string, item: SuiteItem): number => rougeL(answer, item.target).f1,
        },
        framing: "plain",
        data: { ...data, reading: "{}" },
        items,
      });
    },
  };
}
