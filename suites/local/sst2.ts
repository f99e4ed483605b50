/**
 * SST-2 from a local copy: whether a sentence on a film is for it or against it.
 *
 *     file    GLUE's dev.tsv: a line `sentence<TAB>label` on top, then rows of both, label 0 or 1
 *     prompt  Review: <sentence>\nSentiment:
 *     target  " negative" of label 0, " positive" of label 1
 *
 * An answer is right if it begins with the target. `level` is the target.
 * Sources: Socher et al. 2013 (EMNLP); Wang et al. 2018, arXiv:1804.07461.
 *
 * @module
 */
import { InputError } from "../../harness/contract/errors.ts";
import type { SuiteItem } from "../../harness/contract/suite.ts";
import { readLines } from "./_lines.ts";
import { localItem, type LocalSet, localSuite } from "./_local_suite.ts";

const SUMMARY = "SST-2 dev.tsv; the word positive or negative";

const HEADER = "sentence\tlabel";

const WORDS = ["negative", "positive"];

/** SST-2, the word that an answer begins with. */
export const sst2: LocalSet = {
  name: "sst2",
  summary: SUMMARY,
  async open(source) {
    const items: SuiteItem[] = [];
    const data = await readLines(source, ({ text, number }) => {
      if (number === 1 && text === HEADER) return;
      const [, sentence, label] = /^([^\t]*\S[^\t]*)\t([01])$/.exec(text) ?? [];
      if (sentence === undefined || label === undefined) {
        throw new InputError(
          `Cannot read line ${number} of "${source.name}": expected a sentence, a tab and 0 or 1: ` +
            "take a split that has labels",
        );
      }
      const word = WORDS[Number(label)]!;
      const prompt = `Review: ${sentence.trim()}\nSentiment:`;
      items.push(localItem("sst2", { prompt, target: ` ${word}`, level: word }));
    });
    return localSuite({
      name: "sst2",
      summary: SUMMARY,
      version: 1,
      measure: {
        kind: "generation",
        maxTokens: 4,
        stop: "\n",
        score: (answer: string, { target }: SuiteItem): number =>
          answer.trim().startsWith(target.trim()) ? 1 : 0,
      },
      framing: "plain",
      data: { ...data, rows: items.length, reading: "{}" },
      items,
    });
  },
};
