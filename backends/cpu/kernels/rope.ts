/**
 * Rotary position embedding: each pair (a, b) of a head turns by
 * position · base^(−2i / dimensions) / factor_i.
 *
 * @module
 */
import type { Rope } from "../../../harness/contract/model.ts";

/** Cosines and sines per position and pair, [positions, dimensions / 2] f64 each. */
export interface RopeTable {
  /** The rotation's parameters. */
  readonly rope: Rope;
  /** Cosines. */
  readonly cos: Float64Array;
  /** Sines. */
  readonly sin: Float64Array;
}

/** Tables for positions 0 to `positions` − 1. */
export function ropeTable(rope: Rope, positions: number): RopeTable {
  const pairs = rope.dimensions / 2;
  const cos = new Float64Array(positions * pairs);
  const sin = new Float64Array(positions * pairs);
  for (let i = 0; i < pairs; i++) {
    const frequency = rope.base ** (-2 * i / rope.dimensions) / (rope.factors?.[i] ?? 1);
    for (let t = 0; t < positions; t++) {
      cos[t * pairs + i] = Math.cos(t * frequency);
      sin[t * pairs + i] = Math.sin(t * frequency);
    }
  }
  return { rope, cos, sin };
}

/** Rotates `heads` heads of `headDim` at `x[at…]` in place, for one position. */
export function rotate(
  x: Float32Array,
  table: RopeTable,
  { at, heads, headDim, position }: {
    readonly at: number;
    readonly heads: number;
    readonly headDim: number;
    readonly position: number;
  },
): void {
  const { dimensions, pairing } = table.rope;
  const pairs = dimensions / 2;
  const step = pairing === "adjacent" ? 2 : 1;
  const apart = pairing === "adjacent" ? 1 : pairs;
  for (let h = 0; h < heads; h++) {
    const start = at + h * headDim;
    for (let i = 0; i < pairs; i++) {
      const c = table.cos[position * pairs + i]!;
      const s = table.sin[position * pairs + i]!;
      const a = x[start + i * step]!;
      const b = x[start + i * step + apart]!;
      x[start + i * step] = a * c - b * s;
      x[start + i * step + apart] = a * s + b * c;
    }
  }
}
