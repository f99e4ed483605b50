/**
 * WikiText-2 raw from a local copy: running text of encyclopedia articles.
 *
 *     file    wiki.test.raw: a paragraph a line, articles under " = Title = "
 *     prompt  the first 256 characters of a window of an article, up to a space
 *     target  the 768 characters after it, up to a space; windows do not overlap
 *
 * An article's paragraphs are joined by line breaks, as they are in the file, with
 * its spaced-out punctuation. `group` is the article. A last window of less than
 * 512 characters is left out. Figures are per token of the model at hand, so they
 * are no perplexity of the literature, which counts words and has longer contexts.
 * Source: Merity et al. 2016, arXiv:1609.07843.
 *
 * @module
 */
import type { SuiteItem } from "../../harness/contract/suite.ts";
import { readLines } from "./_lines.ts";
import { localItem, type LocalSet, localSuite } from "./_local_suite.ts";

const SUMMARY = "WikiText-2 wiki.test.raw; likelihood of running text";

/** Characters of a prompt, of a whole window, and of the shortest window. */
const PROMPT = 256;
const WINDOW = 1024;
const SHORTEST = 512;

/** An article. */
interface Article {
  readonly title: string;
  readonly lines: string[];
}

/** Index of the last space at or before `at`, after `from`; `at` itself when there is none. */
function spaceBefore(text: string, { from, at }: { from: number; at: number }): number {
  const space = text.lastIndexOf(" ", at);
  return space > from ? space : at;
}

/** Windows of a text: prompt, target. */
export function windowsOf(text: string): readonly (readonly [string, string])[] {
  const windows: (readonly [string, string])[] = [];
  let from = 0;
  while (text.length - from >= SHORTEST) {
    const cut = spaceBefore(text, { from, at: from + PROMPT });
    const end = text.length - from <= WINDOW
      ? text.length
      : spaceBefore(text, { from: cut, at: from + WINDOW });
    windows.push([text.slice(from, cut), text.slice(cut, end)]);
    from = end;
  }
  return windows;
}

/** WikiText-2, likelihood of running text. */
export const wikitext2: LocalSet = {
  name: "wikitext2",
  summary: SUMMARY,
  async open(source) {
    const articles: Article[] = [];
    const data = await readLines(source, ({ text }) => {
      const title = /^\s*= ([^=].*[^=]|[^=]) =\s*$/.exec(text)?.[1];
      if (title !== undefined || articles.length === 0) {
        articles.push({ title: title ?? source.name, lines: [] });
      }
      articles.at(-1)!.lines.push(text.trim());
    });
    const items: SuiteItem[] = articles.flatMap(({ title, lines }) =>
      windowsOf(lines.join("\n")).map(([prompt, target]) =>
        localItem("wikitext2", { prompt, target, group: title })
      )
    );
    return localSuite({
      name: "wikitext2",
      summary: SUMMARY,
      version: 1,
      measure: { kind: "likelihood" },
      framing: "plain",
      data: { ...data, reading: "{}" },
      items,
    });
  },
};
