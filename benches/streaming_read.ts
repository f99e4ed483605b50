/**
 * Memory bandwidth of this machine, as a streaming read sees it.
 *
 * A WebAssembly loop adds up a buffer that no cache holds, 64 bytes a turn by
 * 16-byte loads into four sums. The buffer is written first: pages never
 * written would all be one page of zeros. With several threads each reads a
 * buffer of its own at the same time. The best of some passes is taken, because
 * it is a capacity that other times are held against.
 *
 * @module
 */

/** Bytes of each thread's buffer: four times a large last-level cache. */
const BUFFER_BYTES = 1 << 27;
const PAGE = 1 << 16;

/** LEB128 of a small non-negative number. */
function leb(value: number): number[] {
  const low = value & 0x7f;
  return value < 0x80 ? [low] : [low | 0x80, ...leb(value >> 7)];
}

function section(id: number, body: readonly number[]): number[] {
  return [id, ...leb(body.length), ...body];
}

/** `sum_k += *(at + 16 k)`; locals 2 to 5 are the sums. */
function accumulate(k: number): number[] {
  const load = [0x20, 0, 0xfd, 0x00, 4, ...leb(16 * k)]; // local.get at, v128.load
  return [0x20, 2 + k, ...load, 0xfd, ...leb(0xce), 0x21, 2 + k]; // i64x2.add, local.set
}

/**
 * The module: memory "m" imported from "e", export
 * "r"(at: i32, end: i32) → i64, lane 0 of the sums of 64-byte turns.
 */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const turn = [
    ...[0, 1, 2, 3].flatMap(accumulate),
    ...[0x20, 0, 0x41, 0xc0, 0x00, 0x6a, 0x22, 0], // at += 64, signed LEB128
    ...[0x20, 1, 0x49, 0x0d, 0], // br_if at < end
  ];
  const result = [
    ...[0x20, 2, 0x20, 3, 0xfd, ...leb(0xce)],
    ...[0x20, 4, 0xfd, ...leb(0xce), 0x20, 5, 0xfd, ...leb(0xce)],
    ...[0xfd, 0x1d, 0], // i64x2.extract_lane 0
  ];
  const body = [1, 4, 0x7b, 0x03, 0x40, ...turn, 0x0b, ...result, 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, 0x7f, 0x7f, 1, 0x7e]),
    ...section(2, [1, 1, 0x65, 1, 0x6d, 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 0x72, 0, 0]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

/** A buffer that can be read through. */
export interface StreamingRead {
  /** Bytes that one pass reads. */
  readonly bytes: number;
  /** Reads them all once; the sum of every other 64-bit word. */
  pass(): bigint;
}

/** Fills a buffer of `bytes`, a multiple of 64 KiB, with ones. */
export function openStreamingRead(bytes: number = BUFFER_BYTES): StreamingRead {
  const memory = new WebAssembly.Memory({ initial: bytes / PAGE });
  new Uint8Array(memory.buffer).fill(1);
  const module = new WebAssembly.Module(moduleBytes());
  const read = new WebAssembly.Instance(module, { e: { m: memory } }).exports.r;
  const call = read as (at: number, end: number) => bigint;
  return { bytes, pass: () => call(0, bytes) };
}

/** Bytes per second of one thread: the best of `passes`. */
export function measureRead(read: StreamingRead, passes: number): number {
  let best = 0;
  for (let i = 0; i <= passes; i++) {
    const start = performance.now();
    read.pass();
    const ms = performance.now() - start;
    if (i > 0) best = Math.max(best, read.bytes / ms * 1000);
  }
  return best;
}

/** Bandwidth in bytes per second with `threads` readers at once. */
export async function measureBandwidth(threads: number, passes = 9): Promise<number> {
  if (threads === 1) return measureRead(openStreamingRead(), passes);
  const url = new URL("./streaming_read_worker.ts", import.meta.url);
  const workers = Array.from({ length: threads }, () => new Worker(url, { type: "module" }));
  try {
    await Promise.all(workers.map((worker) => ask(worker, 0)));
    const rates = await Promise.all(workers.map((worker) => ask(worker, passes)));
    return rates.reduce((sum, rate) => sum + rate, 0);
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

/** Sends a number of passes and waits for the rate. */
function ask(worker: Worker, passes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<number>) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(passes);
  });
}
