/**
 * Likelihood of public-domain prose.
 *
 * Each document, one excerpt of a State of the Union address, gives two items,
 * one from each half. The prompt is the first two fifths of the half and is
 * not scored; the target is the rest. Cuts fall before a space, so a target
 * starts with one and joins its prompt without loss.
 *
 * The split is that of the document, by the SHA-256 of its text, so both items
 * of a document are on the same side; `group` is the document. A request takes
 * one item of every document, in an order drawn from the seed, before it takes
 * a second one.
 *
 * @module
 */
import type { ItemRequest, SuiteItem, SuitePlugin } from "../harness/contract/suite.ts";
import { createRandom } from "../harness/numerics/random.ts";
import { drawDistinct, itemId, requestedCount, sha256Hex, splitOf } from "./_generated.ts";
import { PROSE, type ProseDocument } from "./_prose_text.ts";

/** Number of excerpts by size; `full` is all there are. */
const SIZES = { smoke: 4, standard: 24, full: 2 * PROSE.length } as const;

/** Share of a half that is prompt. */
const PROMPT_SHARE = 0.4;

/** The offset of the last space at or before `at`. */
function cutBefore(text: string, at: number): number {
  return text.lastIndexOf(" ", Math.floor(at));
}

/** One half of a document as an item; `half` is 0 or 1. */
async function halfItem({ document, text }: ProseDocument, half: number): Promise<SuiteItem> {
  const middle = cutBefore(text, text.length / 2);
  const part = half === 0 ? text.slice(0, middle) : text.slice(middle + 1);
  const cut = cutBefore(part, part.length * PROMPT_SHARE);
  const draft = { prompt: part.slice(0, cut), target: part.slice(cut) };
  return { id: await itemId("prose", draft), ...draft, group: document, level: "sotu" };
}

/** Items of one split: all first picks, then all second picks. */
async function proseItems(request: ItemRequest): Promise<readonly SuiteItem[]> {
  const documents: ProseDocument[] = [];
  for (const document of PROSE) {
    if (splitOf(await sha256Hex(document.text)) === request.split) documents.push(document);
  }
  const count = Math.min(requestedCount(request, SIZES), 2 * documents.length);
  const random = createRandom(request.seed);
  const order = drawDistinct(random, documents, documents.length);
  const firstHalves = order.map(() => random.int(2));
  const items: SuiteItem[] = [];
  for (let i = 0; i < count; i++) {
    const at = i % order.length;
    items.push(
      await halfItem(order[at]!, i < order.length ? firstHalves[at]! : 1 - firstHalves[at]!),
    );
  }
  return items;
}

/** Likelihood of excerpts of State of the Union addresses. */
export const prose: SuitePlugin = {
  name: "prose",
  summary: "Likelihood of public-domain prose after a short context",
  version: 1,
  measure: { kind: "likelihood" },
  framing: "plain",
  items: proseItems,
};
