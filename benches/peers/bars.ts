/**
 * Ratios peer time ÷ our time that this project wants to reach, by file.
 *
 * @module
 */
import type { Measure } from "./measure.ts";

/** A peer of which ratios are wanted. */
export type BarPeer = "native" | "wllama";

interface Bars {
  /** Decoding against native llama.cpp. */
  readonly decode: number;
  /** Prefill of 97 and 512 tokens against native llama.cpp. */
  readonly prefill: number;
  /** Rows at once against native llama.cpp; absent where none is wanted. */
  readonly rows?: number;
}

const NATIVE: Readonly<Record<string, Bars>> = {
  smollm2: { decode: 2, prefill: 1, rows: 1 / 0.7 },
  "smollm2-q8_0": { decode: 1, prefill: 0.5 },
  "smollm2-q4_0": { decode: 0.9, prefill: 0.4 },
};

/** The wanted ratio of a measure on a model; `undefined` where there is none. */
export function barOf(
  measure: Measure,
  { peer, model }: { readonly peer: BarPeer; readonly model: string },
): number | undefined {
  const native = NATIVE[model];
  if (native === undefined) return undefined;
  if (peer === "native") return native[measure.kind];
  return measure.kind === "decode" ? 5 : measure.kind === "prefill" ? 10 : undefined;
}
