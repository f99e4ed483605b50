/**
 * How many threads to use: measured, because two can be slower than one on a
 * busy machine or on a small model.
 *
 * @module
 */
import type { Engine } from "./kernel_module.ts";
import type { MemoryView } from "./memory_view.ts";

/** Threads tried at most: decoding is bound by memory beyond. */
const MOST = 8;
/** Rounds, alternating between the counts. */
const ROUNDS = 6;
/** Blocks run per round and count. */
const BLOCKS = 6;
/** How much faster more threads must be. */
const GAIN = 1.1;

/** Threads worth trying on this machine. */
export function candidateThreads(): number {
  return Math.max(1, Math.min(MOST, navigator.hardwareConcurrency ?? 1));
}

function timed(engine: Engine, layerCount: number): number {
  const start = performance.now();
  for (let i = 0; i < BLOCKS; i++) {
    const block = i % layerCount;
    engine.run(block, block + 1, 0, 0, 1);
  }
  return performance.now() - start;
}

/**
 * The faster of one and `threads` threads on decoding steps, by the shortest of
 * several rounds each. Uses slot 0 and state 0 of an engine without sessions yet.
 */
export function chooseThreads(
  { engine, view }: { readonly engine: Engine; readonly view: MemoryView },
  { layerCount, threads }: { readonly layerCount: number; readonly threads: number },
): number {
  engine.open_slot(0);
  engine.reserve_states(1);
  engine.embed(0, 0, 0);
  view.i32.fill(0, engine.table(1) / 4, engine.table(1) / 4 + 4);
  const shortest = { one: Infinity, many: Infinity };
  for (let round = 0; round < ROUNDS; round++) {
    engine.set_threads(1);
    const one = timed(engine, layerCount);
    engine.set_threads(threads);
    const many = timed(engine, layerCount);
    if (round === 0) continue; // warms up
    shortest.one = Math.min(shortest.one, one);
    shortest.many = Math.min(shortest.many, many);
  }
  engine.close_slot(0);
  return shortest.one > GAIN * shortest.many ? threads : 1;
}
