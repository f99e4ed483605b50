/**
 * The curve that a setting belongs to.
 *
 * @module
 */

/** A label with its numbers left open: `calm(threshold=0.9)` → `calm(threshold=…)`. */
export function curveName(label: string): string {
  return label.replace(/=-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?=[,)])/gi, "=…");
}
