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
import { FIGURES } from "./_style_figures.ts";
import { LAYOUT } from "./_style_layout.ts";
import { ARM_HUES, DARK, LIGHT } from "./_style_palette.ts";

/** How many filter rules the sheet needs. */
export interface StyleSize {
  /** The class under which each arm is filtered, in their order. */
  readonly arms: readonly string[];
  /** Number of suites. */
  readonly suites: number;
}

function filterRules(kind: "arm" | "suite", count: number): string {
  return Array.from({ length: count }, (_, i) => {
    const name = `${kind}-${i + 1}`;
    return `body:has(#show-${name}:not(:checked)) main .${name}{display:none}`;
  }).join("\n");
}

/** A class hides all arms that have it. */
function classRules(arms: readonly string[]): string {
  return [...new Set(arms)].map((name) => {
    const selectors = arms.flatMap((each, i) => each === name ? [`.arm-${i + 1}`] : []);
    return `body:has(#show-class-${name}:not(:checked)) main :is(${
      selectors.join(",")
    }){display:none}`;
  }).join("\n");
}

function hueRules(): string {
  return ARM_HUES.map((_, i) => `.hue-${i}{--arm:var(--arm-${i})}`).join("\n");
}

function hueVariables(theme: "light" | "dark"): string {
  return ARM_HUES.map((hue, i) => `--arm-${i}:${hue[theme]}`).join(";");
}

/** The sheet. Depends on nothing but what is filtered. */
export function styleSheet({ arms, suites }: StyleSize): string {
  const light = `${LIGHT};${hueVariables("light")};${heightVariables(LIGHT_SCALE)}`;
  const dark = `${DARK};${hueVariables("dark")};${heightVariables(DARK_SCALE)}`;
  return [
    `:root{color-scheme:light dark;${light}}`,
    `@media screen and (prefers-color-scheme:dark){:root{${dark}}}`,
    FIGURES.trim(),
    LAYOUT.trim(),
    hueRules(),
    heightRules(),
    filterRules("arm", arms.length),
    classRules(arms),
    filterRules("suite", suites),
    "",
  ].join("\n");
}
