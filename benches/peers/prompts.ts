/**
 * Prompts of exact lengths whose text encodes to the very same tokens, because
 * one peer takes tokens and another one text.
 *
 * @module
 */
import { prose } from "../../suites/prose.ts";
import { UnsupportedError } from "../../harness/contract/errors.ts";
import type { Tokenizer } from "../../harness/contract/model.ts";
import type { PromptText } from "./measure.ts";

/** Prose long enough for every prompt. */
export async function proseText(): Promise<string> {
  const items = await prose.items({ size: "full", seed: 1, split: "test" });
  return items.map(({ prompt, target }) => prompt + target).join("\n\n");
}

/** The first `count` neighbouring tokens of `tokens` that survive decoding and encoding. */
export function promptOf(
  tokenizer: Pick<Tokenizer, "decode" | "encode">,
  { tokens, count }: { readonly tokens: readonly number[]; readonly count: number },
): PromptText {
  for (let from = 0; from + count <= tokens.length; from++) {
    const slice = tokens.slice(from, from + count);
    const text = tokenizer.decode(slice);
    const again = tokenizer.encode(text);
    if (again.length === count && again.every((token, i) => token === slice[i])) {
      return { tokens: slice, text };
    }
  }
  throw new UnsupportedError(
    `Cannot make a prompt of ${count} tokens: expected a text that encodes to as many: ` +
      "use a model whose tokenizer reads plain English",
  );
}
