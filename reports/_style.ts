/**
 * The style sheet of the HTML report.
 *
 * Quiet and typographic: one serif for headings and the answer, one sans-serif
 * with tabular figures for data, hairlines instead of boxes. Colours mean
 * something or are absent: heights share one hue, quality classes have shape
 * and colour, arms have a number on a colour. Text contrast is at least 4.5
 * in light and dark.
 *
 * @module
 */
import { DARK_SCALE, heightRules, heightVariables, LIGHT_SCALE } from "./_height_scale.ts";
import { LAYOUT } from "./_style_layout.ts";
import { ARM_HUES, DARK, LIGHT } from "./_style_palette.ts";

/** How many filter rules the sheet needs. */
export interface StyleSize {
  /** Number of arms. */
  readonly arms: number;
  /** Number of suites. */
  readonly suites: number;
}

function filterRules(kind: "arm" | "suite", count: number): string {
  return Array.from({ length: count }, (_, i) => {
    const name = `${kind}-${i + 1}`;
    return `body:has(#show-${name}:not(:checked)) main .${name}{display:none}`;
  }).join("\n");
}

function hueRules(): string {
  return ARM_HUES.map((_, i) => `.hue-${i}{--arm:var(--arm-${i})}`).join("\n");
}

function hueVariables(theme: "light" | "dark"): string {
  return ARM_HUES.map((hue, i) => `--arm-${i}:${hue[theme]}`).join(";");
}

/** The sheet. Depends on nothing but the two counts. */
export function styleSheet({ arms, suites }: StyleSize): string {
  const light = `${LIGHT};${hueVariables("light")};${heightVariables(LIGHT_SCALE)}`;
  const dark = `${DARK};${hueVariables("dark")};${heightVariables(DARK_SCALE)}`;
  return [
    `:root{color-scheme:light dark;${light}}`,
    `@media screen and (prefers-color-scheme:dark){:root{${dark}}}`,
    LAYOUT.trim(),
    hueRules(),
    heightRules(),
    filterRules("arm", arms),
    filterRules("suite", suites),
    "",
  ].join("\n");
}
