/**
 * Typed views of linear memory, taken anew when memory has grown.
 *
 * @module
 */

/** One memory, seen as numbers. Offsets are in bytes, as the kernels give them. */
export class MemoryView {
  readonly #memory: WebAssembly.Memory;
  #buffer: ArrayBufferLike;
  #i32: Int32Array;
  #f32: Float32Array;
  #f64: Float64Array;
  #u8: Uint8Array;

  /** Views of `memory`. */
  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#buffer = memory.buffer;
    this.#i32 = new Int32Array(this.#buffer);
    this.#f32 = new Float32Array(this.#buffer);
    this.#f64 = new Float64Array(this.#buffer);
    this.#u8 = new Uint8Array(this.#buffer);
  }

  #refresh(): void {
    if (this.#buffer === this.#memory.buffer) return;
    this.#buffer = this.#memory.buffer;
    this.#i32 = new Int32Array(this.#buffer);
    this.#f32 = new Float32Array(this.#buffer);
    this.#f64 = new Float64Array(this.#buffer);
    this.#u8 = new Uint8Array(this.#buffer);
  }

  /** All memory as 32-bit integers. */
  get i32(): Int32Array {
    this.#refresh();
    return this.#i32;
  }

  /** All memory as 64-bit floats. */
  get f64(): Float64Array {
    this.#refresh();
    return this.#f64;
  }

  /** All memory as bytes. */
  get u8(): Uint8Array {
    this.#refresh();
    return this.#u8;
  }

  /** `count` f32 at a byte offset; a view until memory grows. */
  floats(offset: number, count: number): Float32Array {
    this.#refresh();
    return this.#f32.subarray(offset / 4, offset / 4 + count);
  }
}
