/**
 * Colours by exit height: the shallower a token was read out, the greener it is
 * shown; tokens of full depth keep the terminal's colour.
 *
 * @module
 */

/** Colours of the 256-colour palette, from shallow to deep: green, yellow, orange, red. */
const PALETTE = [46, 82, 118, 154, 190, 226, 220, 214, 208, 202] as const;

/** `text` in the colour of a token read out at `height` of `layerCount`. */
export function colorByHeight(
  text: string,
  { height, layerCount }: { readonly height: number; readonly layerCount: number },
): string {
  if (height >= layerCount || text === "") return text;
  const index = Math.floor(PALETTE.length * Math.max(0, height) / layerCount);
  return `\x1b[38;5;${PALETTE[index]}m${text}\x1b[39m`;
}
