/**
 * The byte-level alphabet of GPT-2: one printable character for every byte.
 *
 * Bytes 0x21–0x7E, 0xA1–0xAC and 0xAE–0xFF stand for themselves; the other 68
 * are U+0100, U+0101, … in order. Vocabularies are written in this alphabet.
 *
 * @module
 */

/** Character of each byte. */
export const BYTE_TO_CHARACTER: readonly string[] = makeAlphabet();
const CHARACTER_TO_BYTE: ReadonlyMap<string, number> = new Map(
  BYTE_TO_CHARACTER.map((character, byte) => [character, byte]),
);

const utf8 = new TextEncoder();

/** Bytes of a token written in the alphabet; foreign characters give their UTF-8. */
export function byteLevelBytes(token: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = CHARACTER_TO_BYTE.get(character);
    if (byte === undefined) bytes.push(...utf8.encode(character));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** The byte that a token of the form `<0xNN>` stands for, if it has that form. */
export function byteOfFallback(token: string): number | undefined {
  const digits = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
  return digits === undefined ? undefined : parseInt(digits, 16);
}

function makeAlphabet(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}
