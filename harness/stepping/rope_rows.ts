/**
 * The table of rotary position embedding.
 *
 * @module
 */
import type { Rope } from "../contract/model.ts";

/**
 * Per position `dimensions / 2` cosines, then as many sines, of
 * position · base^(−2i / dimensions) / factor_i; rounded from f64.
 */
export function ropeRows(rope: Rope, positions: number): Float32Array {
  const pairs = rope.dimensions / 2;
  const table = new Float32Array(positions * 2 * pairs);
  for (let i = 0; i < pairs; i++) {
    const frequency = rope.base ** (-2 * i / rope.dimensions) / (rope.factors?.[i] ?? 1);
    for (let t = 0; t < positions; t++) {
      table[(2 * t) * pairs + i] = Math.cos(t * frequency);
      table[(2 * t + 1) * pairs + i] = Math.sin(t * frequency);
    }
  }
  return table;
}
