/**
 * Cutting text at special tokens.
 *
 * As llama.cpp does: the longest token first, over the whole text, then the
 * next longest over what is left; so a longer token further right beats a
 * shorter one that overlaps it from the left.
 *
 * @module
 */

/** A piece of text: the id of a special token, or text without one. */
export type Fragment = number | string;

/** A special token. */
export interface SpecialToken {
  readonly text: string;
  readonly id: number;
}

/** The order in which {@linkcode splitSpecial} wants them: most bytes first. */
export function byLength(tokens: readonly SpecialToken[]): SpecialToken[] {
  const utf8 = new TextEncoder();
  return tokens
    .map((token) => ({ token, length: utf8.encode(token.text).length }))
    .sort((a, b) => b.length - a.length || a.token.id - b.token.id)
    .map(({ token }) => token);
}

/** Cuts `text` at `tokens`, which are in the order of {@linkcode byLength}. */
export function splitSpecial(text: string, tokens: readonly SpecialToken[]): Fragment[] {
  let fragments: Fragment[] = text === "" ? [] : [text];
  for (const { text: special, id } of tokens) {
    if (!text.includes(special)) continue;
    fragments = fragments.flatMap((fragment) => {
      if (typeof fragment === "number") return [fragment];
      return fragment.split(special).flatMap((part, i): Fragment[] => [
        ...(i > 0 ? [id] : []),
        ...(part === "" ? [] : [part]),
      ]);
    });
  }
  return fragments;
}
