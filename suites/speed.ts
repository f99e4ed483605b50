/**
 * Decode speed by length of prompt and number of sequences.
 *
 * A text gives nine cells: prompts of 32, 512 and 2,048 tokens × 64 decoded
 * tokens × 1, 4 and 8 sequences in a step. The text is an excerpt of public-domain
 * prose, read as a circle; nothing is scored, so it may repeat itself. A request
 * takes all cells of one text before those of the next, so that even the smallest
 * sees every shape; the texts of a cell are its statistical sample.
 *
 * The split is that of the document, as in suite `prose`.
 *
 * @module
 */
import type { ItemRequest, SpeedShape, SuiteItem, SuitePlugin } from "../harness/contract/suite.ts";
import { createRandom } from "../harness/numerics/random.ts";
import { drawDistinct, itemId, requestedCount, sha256Hex, splitOf } from "./_generated.ts";
import { PROSE, type ProseDocument } from "./_prose_text.ts";

/** Tokens decoded in every cell. */
const TOKENS = 64;

/** Shapes of the cells, the cheapest first. */
export const SPEED_SHAPES: readonly SpeedShape[] = [32, 512, 2048].flatMap((promptTokens) =>
  [1, 4, 8].map((rows) => ({ promptTokens, tokens: TOKENS, rows }))
);

const SIZES = {
  smoke: SPEED_SHAPES.length,
  standard: 8 * SPEED_SHAPES.length,
  full: 20 * SPEED_SHAPES.length,
} as const;

/** One cell of one document; the target names the shape, so that ids differ. */
async function cellItem(
  { document, text }: ProseDocument,
  shape: SpeedShape,
): Promise<SuiteItem> {
  const level = `${shape.promptTokens} × ${shape.rows}`;
  const draft = { prompt: text, target: `${shape.promptTokens} + ${TOKENS} × ${shape.rows}` };
  return { id: await itemId("speed", draft), ...draft, group: document, level, shape };
}

async function speedItems(request: ItemRequest): Promise<readonly SuiteItem[]> {
  const documents: ProseDocument[] = [];
  for (const document of PROSE) {
    if (splitOf(await sha256Hex(document.text)) === request.split) documents.push(document);
  }
  const count = requestedCount(request, SIZES);
  const order = drawDistinct(createRandom(request.seed), documents, documents.length);
  const items: SuiteItem[] = [];
  for (const document of order) {
    for (const shape of SPEED_SHAPES) {
      if (items.length < count) items.push(await cellItem(document, shape));
    }
  }
  return items;
}

/** Prompt 32, 512, 2,048 tokens × 64 decoded × 1, 4, 8 sequences. */
export const speed: SuitePlugin = {
  name: "speed",
  summary: "Decode speed by prompt length and sequences per step, on forced text",
  version: 1,
  measure: { kind: "speed" },
  framing: "plain",
  items: speedItems,
};
