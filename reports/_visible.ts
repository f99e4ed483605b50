/**
 * Hostile text made visible. Model output, prompts and names may hold control
 * characters, direction overrides and zero-width characters; each becomes a
 * symbol, so that what is read is what is there. Escaping for HTML or Markdown
 * comes after.
 *
 * @module
 */

/** Control characters, bidirectional controls, zero-width and other invisible format characters. */
const INVISIBLE =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu;

function nameCodePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** Characters that cannot be seen, by number: `⟨U+202E⟩`. */
function showControls(text: string): string {
  return text.replace(INVISIBLE, nameCodePoint);
}

/** One line of text for labels and messages: line breaks and tabs become spaces. */
export function visibleLine(text: string): string {
  return showControls(text.replace(/[\r\n\t]+/g, " "));
}

/** Text of several lines, for prompts: line feeds and tabs stay. */
export function visibleText(text: string): string {
  return text.replaceAll("\r\n", "\n").split(/([\n\t])/).map((part, i) =>
    i % 2 === 1 ? part : showControls(part)
  ).join("");
}

/**
 * Text of a token: line feed ↵, tab ⇥, a space · at its
 * ends or ␣ when there is nothing else, ∅ when the token completes no character.
 */
export function visibleToken(text: string): string {
  if (text === "") return "∅";
  if (/^ +$/.test(text)) return text.replaceAll(" ", "␣");
  const spaced = text.replace(/^ +| +$/g, (spaces) => "·".repeat(spaces.length));
  return showControls(spaced.replaceAll("\n", "↵").replaceAll("\t", "⇥"));
}
