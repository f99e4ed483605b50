/**
 * Names from a file, fit for a message.
 *
 * @module
 */

/** `text` with control and format characters written as escapes, cut to 96 characters. */
export function visible(text: string): string {
  const cut = text.length > 96 ? `${text.slice(0, 96)}…` : text;
  return cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}
