/**
 * The number that a worked answer ends with.
 *
 *     "so 3 + 4 = 7." → 7      "#### 1,234" → 1234      "costs $12.50 total" → 12.50
 *
 * The last match of `-?\d[\d,]*\.?\d*`, without commas and a final point, kept as
 * text so that no digit is lost; compare such texts with {@linkcode sameNumber}.
 *
 * @module
 */

/** The last number in a text as plain digits, or `undefined` when there is none. */
export function lastNumber(text: string): string | undefined {
  const found = [...text.matchAll(/-?\d[\d,]*\.?\d*/g)].at(-1)?.[0];
  return found?.replaceAll(",", "").replace(/\.$/, "");
}

/** Whether two texts of digits are one decimal number: `12.50` is `12.5`, `007` is `7`. */
export function sameNumber(a: string, b: string): boolean {
  return canonical(a) === canonical(b);
}

function canonical(digits: string): string {
  const [, sign, whole, fraction] = /^(-?)0*(\d*?)(?:\.(\d*?)0*)?$/.exec(digits) ?? [];
  const text = `${whole === undefined || whole === "" ? "0" : whole}${
    fraction === undefined || fraction === "" ? "" : `.${fraction}`
  }`;
  return sign === "-" && text !== "0" ? `-${text}` : text;
}
