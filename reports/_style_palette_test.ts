import { assert, assertEquals } from "@std/assert";
import { HEIGHT_STEPS, heightStep } from "./_height_scale.ts";
import { ARM_HUES, DARK, LIGHT } from "./_style_palette.ts";

/** Relative luminance of `#rrggbb` as WCAG 2 defines it. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

function variablesOf(css: string): Map<string, string> {
  return new Map(css.split(";").map((pair) => pair.split(":") as [string, string]));
}

Deno.test("LIGHT and DARK give text a contrast of 4.5 on every paper it stands on", () => {
  const pairs = [
    ...["ink", "muted", "link", "class-A", "class-B", "class-C", "class-fail"]
      .map((name) => [name, "paper"]),
    ["class-fail", "trouble"],
    ["ink", "trouble"],
    ["muted", "trouble"],
    ["warn", "warn-paper"],
    ["ink", "warn-paper"],
  ];
  for (const css of [LIGHT, DARK]) {
    const variables = variablesOf(css);
    for (const [text, paper] of pairs) {
      const ratio = contrast(variables.get(`--${text}`)!, variables.get(`--${paper}`)!);
      assert(ratio >= 4.5, `${text} on ${paper}: ${ratio.toFixed(2)}`);
    }
  }
});

Deno.test("ARM_HUES give badges a contrast of 4.5", () => {
  for (const { light, dark } of ARM_HUES) {
    assert(contrast(light, variablesOf(LIGHT).get("--badge-ink")!) >= 4.5, light);
    assert(contrast(dark, variablesOf(DARK).get("--badge-ink")!) >= 4.5, dark);
  }
});

Deno.test("heightStep() maps 0..L to the whole scale and stays inside", () => {
  assertEquals([0, 15, 30].map((height) => heightStep(height, 30)), [0, 8, HEIGHT_STEPS]);
  assertEquals([-1, 40, NaN].map((height) => heightStep(height, 30)), [0, HEIGHT_STEPS, 0]);
});
