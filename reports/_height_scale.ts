/**
 * The colour scale of heights: one hue, from light to dark on paper and from
 * dim to bright on black, so that order survives every kind of colour vision
 * and print. Heights 0..L map to {@linkcode HEIGHT_STEPS} + 1 steps.
 *
 * @module
 */

/** Highest step. */
export const HEIGHT_STEPS = 16;

/** Step of a height on a scale whose top is L. */
export function heightStep(height: number, top: number): number {
  if (!(top > 0) || !(height > 0)) return 0;
  return Math.round(HEIGHT_STEPS * Math.min(1, height / top));
}

/** Ends of a scale in OKLCH: lightness, chroma, hue. */
interface ScaleEnds {
  readonly low: readonly [number, number, number];
  readonly high: readonly [number, number, number];
}

/** On light paper. */
export const LIGHT_SCALE: ScaleEnds = { low: [0.8, 0.075, 200], high: [0.4, 0.125, 268] };

/** On dark paper. */
export const DARK_SCALE: ScaleEnds = { low: [0.42, 0.07, 262], high: [0.82, 0.075, 215] };

/** CSS declarations `--h0` … `--h16` of a scale. */
export function heightVariables({ low, high }: ScaleEnds): string {
  return Array.from({ length: HEIGHT_STEPS + 1 }, (_, step) => {
    const [l, c, h] = low.map((start, i) => start + (high[i]! - start) * step / HEIGHT_STEPS);
    return `--h${step}:oklch(${l!.toFixed(3)} ${c!.toFixed(3)} ${h!.toFixed(1)})`;
  }).join(";");
}

/** Classes `.h0` … `.h16`: the colour of a step, and the step as a number. */
export function heightRules(): string {
  return Array.from(
    { length: HEIGHT_STEPS + 1 },
    (_, step) => `.h${step}{--c:var(--h${step});--k:${step}}`,
  ).join("\n");
}
