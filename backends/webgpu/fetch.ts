/**
 * Results of the device as the host keeps them.
 *
 * @module
 */
import { ENTRY_SIZE, PLACE, type Results } from "../../harness/stepping/mod.ts";

/** Words per entry of reductions on the device. */
export const REDUCTION_WORDS = 8;
/** `token` and `second` where there is none. */
const NONE = 0xffffffff;

/** Takes over cells; those from `idCells[2i]` on, `idCells[2i + 1]` of them, hold ids. */
export function takeCells(
  { cells, cellCount }: Results,
  mapped: ArrayBuffer,
  idCells: readonly number[],
): void {
  cells.set(new Float32Array(mapped, 0, cellCount));
  const ids = new Uint32Array(mapped, 0, cellCount);
  for (let i = 0; i < idCells.length; i += 2) {
    const at = idCells[i]!;
    cells.set(ids.subarray(at, at + idCells[i + 1]!), at);
  }
}

/** The numbers of an entry from what shaders/reduce_logits.wgsl leaves, finished in f64. */
export function takeEntry({ entries }: Results, entry: number, words: DataView): void {
  const id = (at: number): number => {
    const word = words.getUint32(at, true);
    return word === NONE ? -1 : word;
  };
  const float = (at: number): number => words.getFloat32(at, true);
  const [token, second, largest, sum, weighted] = [id(0), id(4), float(8), float(16), float(20)];
  const gap = second < 0 ? Infinity : largest - float(12);
  const at = entry * ENTRY_SIZE;
  entries[at + PLACE.token] = token;
  entries[at + PLACE.second] = second;
  entries[at + PLACE.top1] = 1 / sum;
  entries[at + PLACE.margin] = second < 0 ? 1 : (1 - Math.exp(-gap)) / sum;
  entries[at + PLACE.logitMargin] = gap;
  entries[at + PLACE.entropy] = Math.max(0, Math.log(sum) - weighted / sum);
  entries[at + PLACE.logSum] = largest + Math.log(sum);
}
