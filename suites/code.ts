/**
 * Likelihood of TypeScript: this repository's own source.
 *
 * Each excerpt gives two items, one from each half of its lines. The prompt is
 * the first two fifths of the half's lines and is not scored; the target is the
 * rest. Prompt and target join to the half without loss. Splits, groups and
 * order are those of `_excerpts.ts`.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import { CODE } from "./_code_text.ts";
import { excerptItems } from "./_excerpts.ts";
import type { DraftItem } from "./_generated.ts";

/** Share of a half's lines that is prompt. */
const PROMPT_SHARE = 0.4;

/** Whole lines as an item; needs at least two. */
function likelihoodDraft(lines: readonly string[]): DraftItem {
  const cut = Math.max(1, Math.floor(lines.length * PROMPT_SHARE));
  return { prompt: lines.slice(0, cut).join(""), target: lines.slice(cut).join("") };
}

/** Both halves of a text of at least four lines. */
function codeDrafts(text: string): readonly DraftItem[] {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const middle = Math.floor(lines.length / 2);
  return [likelihoodDraft(lines.slice(0, middle)), likelihoodDraft(lines.slice(middle))];
}

/** Likelihood of excerpts of this repository's TypeScript. */
export const code: SuitePlugin = {
  name: "code",
  summary: "Likelihood of TypeScript after a short context",
  version: 1,
  measure: { kind: "likelihood" },
  framing: "plain",
  items: (request) =>
    excerptItems({ suite: "code", excerpts: CODE, draftsOf: codeDrafts }, request),
};
