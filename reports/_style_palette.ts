/**
 * Colours of the HTML report. Classes after Okabe and Ito's palette, darkened
 * or lightened until text in them has a contrast of 4.5 on its paper.
 *
 * @module
 */

/** Variables on light paper. */
export const LIGHT: string = "--paper:#fcfbf8;--raised:#f5f3ed;--ink:#1c1d21;--muted:#5b5e66;" +
  "--hair:#e4e1d8;--rule:#b9b5a9;--link:#1d5a99;--focus:#c05600;--badge-ink:#ffffff;" +
  "--class-A:#04735a;--class-B:#1f66ad;--class-C:#8a5a00;--class-fail:#b32d24;" +
  "--warn:#8a5a00;--warn-paper:#fbf3e0;--trouble:#fbecea;" +
  "--part-blocks:#3f63ad;--part-readouts:#d99a2b;--part-probes:#8d5aa6;--part-fills:#3f9a86";

/** Variables on dark paper. */
export const DARK: string = "--paper:#15171b;--raised:#1d2026;--ink:#e9e7e2;--muted:#a6a9b1;" +
  "--hair:#2c3038;--rule:#565b66;--link:#8cbcf2;--focus:#ffb05c;--badge-ink:#111317;" +
  "--class-A:#4ecba5;--class-B:#85b9f5;--class-C:#e3b152;--class-fail:#f58f81;" +
  "--warn:#e3b152;--warn-paper:#2a2417;--trouble:#2d1d1c;" +
  "--part-blocks:#7f9fe6;--part-readouts:#e0ae54;--part-probes:#bd8fd6;--part-fills:#62bfa9";

/** Badge colours of arms, by theme: the baseline is grey. */
export const ARM_HUES: readonly { readonly light: string; readonly dark: string }[] = [
  { light: "#4a4e57", dark: "#b4b8c1" },
  { light: "#1f66ad", dark: "#85b9f5" },
  { light: "#a34a12", dark: "#f2a06b" },
  { light: "#0b7563", dark: "#58c8b3" },
  { light: "#83408f", dark: "#d49be0" },
  { light: "#7a6000", dark: "#d9bd4f" },
  { light: "#ad2f52", dark: "#f58fab" },
  { light: "#4a52b0", dark: "#a5abf7" },
  { light: "#4c6b12", dark: "#a9c766" },
];
