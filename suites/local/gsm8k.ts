/**
 * GSM8K from a local copy: word problems with a worked answer that ends in `#### n`.
 *
 *     file    test.jsonl: {"question", "answer"}, the answer with <<3*4=12>> marks
 *     prompt  Question: <question>\nAnswer:
 *     target  " " and the answer without the marks
 *
 *     gsm8k           strict: the number after the first "#### " is the wanted one
 *     gsm8k_flexible  the last number of the answer is the wanted one
 *
 * Both are read from one file and may be named in one run. No worked examples are
 * put before the question. Source: Cobbe et al. 2021, arXiv:2110.14168.
 *
 * @module
 */
import type { ByteSource } from "../../harness/contract/model.ts";
import type { SuiteItem, SuitePlugin } from "../../harness/contract/suite.ts";
import { lastNumber, sameNumber } from "../metrics/last_number.ts";
import { localItem, type LocalSet, localSuite } from "./_local_suite.ts";
import { readRows } from "./_rows.ts";

/** Longest answer in tokens. */
const MAX_TOKENS = 256;

/** The number after the first `#### `, in the form that {@linkcode sameNumber} takes. */
export function strictNumber(answer: string): string | undefined {
  const found = /#### (-?[0-9.,]+)/.exec(answer)?.[1];
  return found === undefined ? undefined : lastNumber(found);
}

async function open(
  source: ByteSource,
  { name, summary, numberOf }: {
    readonly name: string;
    readonly summary: string;
    readonly numberOf: (answer: string) => string | undefined;
  },
): Promise<SuitePlugin> {
  const items: SuiteItem[] = [];
  const data = await readRows(source, (row) => {
    const answer = row.text("answer");
    if (strictNumber(answer) === undefined) {
      row.refuse("answer", 'a text with "#### " and a number');
    }
    const prompt = `Question: ${row.text("question")}\nAnswer:`;
    items.push(localItem(name, { prompt, target: ` ${answer.replaceAll(/<<.*?>>/g, "")}` }));
  });
  return localSuite({
    name,
    summary,
    version: 1,
    measure: {
      kind: "generation",
      maxTokens: MAX_TOKENS,
      stop: "\nQuestion:",
      score(answer: string, { target }: SuiteItem): number {
        const given = numberOf(answer);
        return given !== undefined && sameNumber(given, strictNumber(target) ?? "") ? 1 : 0;
      },
    },
    framing: "plain",
    data: { ...data, reading: "{}" },
    items,
  });
}

const STRICT = "GSM8K test.jsonl; the number after ####";
const FLEXIBLE = "GSM8K test.jsonl; the last number of the answer";

/** GSM8K, strict. */
export const gsm8k: LocalSet = {
  name: "gsm8k",
  summary: STRICT,
  open: (source) => open(source, { name: "gsm8k", summary: STRICT, numberOf: strictNumber }),
};

/** GSM8K, flexible. */
export const gsm8kFlexible: LocalSet = {
  name: "gsm8k_flexible",
  summary: FLEXIBLE,
  open: (source) =>
    open(source, { name: "gsm8k_flexible", summary: FLEXIBLE, numberOf: lastNumber }),
};
