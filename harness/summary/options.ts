/**
 * How a run is summed up.
 *
 * @module
 */

/** Options of `summarize`. */
export interface SummaryOptions {
  /** Bootstrap resamples; 10 000 by default. */
  readonly resamples?: number;
  /** Smallest speed-up that matters, a ratio − 1; the run's own by default. */
  readonly margin?: number;
  /** Most sample prompts; 6 by default. */
  readonly samples?: number;
}

/** Options with their defaults. */
export type SummarySettings = Required<SummaryOptions>;

/** Fills in the defaults. Throws `RangeError` for a value without meaning. */
export function settle(options: SummaryOptions): SummarySettings {
  const settings = { resamples: 10_000, margin: 0.01, samples: 6, ...options };
  expect("resamples", settings.resamples, Number.isInteger(settings.resamples), 1);
  expect("margin", settings.margin, Number.isFinite(settings.margin), 0);
  expect("samples", settings.samples, Number.isInteger(settings.samples), 0);
  return settings;
}

function expect(name: string, value: number, fits: boolean, least: number): void {
  if (fits && value >= least) return;
  throw new RangeError(
    `Cannot summarize: expected "${name}" to be a ${
      name === "margin" ? "" : "whole "
    }number >= ${least}: current value is ${value}`,
  );
}
