/**
 * What suites over excerpts share: items of one split, document by document.
 *
 * The split is that of the document, by the SHA-256 of its text, so all items
 * of a document are on the same side; `group` is the document. A request takes
 * one item of every document, in an order drawn from the seed, before it takes
 * a second one.
 *
 * @module
 */
import type { ItemRequest, SuiteItem } from "../harness/contract/suite.ts";
import { createRandom } from "../harness/numerics/random.ts";
import {
  type DraftItem,
  drawDistinct,
  itemId,
  requestedCount,
  sha256Hex,
  splitOf,
} from "./_generated.ts";

/** A text and where it is from. */
export interface Excerpt {
  /** Its name. */
  readonly document: string;
  /** The text itself. */
  readonly text: string;
}

/** Which items a suite makes of its excerpts. */
export interface ExcerptSource {
  /** Name of the suite. */
  readonly suite: string;
  /** All excerpts, whatever their split. */
  readonly excerpts: readonly Excerpt[];
  /** The items of one text, at least one. */
  draftsOf(text: string): readonly DraftItem[];
}

/** Items of one split: one of every document, then a second one, and so on. */
export async function excerptItems(
  { suite, excerpts, draftsOf }: ExcerptSource,
  request: ItemRequest,
): Promise<readonly SuiteItem[]> {
  const count = requestedCount(request, { smoke: 4, standard: 24, full: Infinity });
  const random = createRandom(request.seed);
  const own: Excerpt[] = [];
  for (const excerpt of excerpts) {
    if (splitOf(await sha256Hex(excerpt.text)) === request.split) own.push(excerpt);
  }
  const queues = drawDistinct(random, own, own.length).map(({ document, text }) => {
    const drafts = draftsOf(text);
    return { document, drafts: drawDistinct(random, drafts, drafts.length) };
  });
  const items: SuiteItem[] = [];
  for (let round = 0; queues.some(({ drafts }) => round < drafts.length); round++) {
    for (const { document, drafts } of queues) {
      const draft = drafts[round];
      if (items.length >= count) return items;
      if (draft === undefined) continue;
      items.push({
        id: await itemId(suite, draft),
        level: "typescript",
        ...draft,
        group: document,
      });
    }
  }
  return items;
}
