/**
 * A forward cursor over a `ByteSource` that fetches chunks as they are needed.
 *
 * Chunks grow from 64 KiB to 4 MiB and bytes passed are dropped, so a header of
 * any length is read with few requests and little memory, and a lying length
 * never allocates more than the file holds.
 *
 * @module
 */
import { ModelFormatError } from "../../harness/contract/errors.ts";
import type { ByteSource } from "../../harness/contract/model.ts";

const FIRST_CHUNK = 64 << 10;
const LARGEST_CHUNK = 4 << 20;

/** Reads little-endian fields front to back. Call `need` before each. */
export class Cursor {
  readonly #source: ByteSource;
  readonly #limit: number;
  #window: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #view: DataView = new DataView(this.#window.buffer);
  #windowStart = 0; // file offset of the window's first byte
  #at = 0; // index in the window
  #chunk = FIRST_CHUNK;

  /** `limit` is the number of bytes that may be read at most. */
  constructor(source: ByteSource, limit: number) {
    this.#source = source;
    this.#limit = limit;
  }

  /** File offset of the next byte. */
  get offset(): number {
    return this.#windowStart + this.#at;
  }

  /** Bytes from here to the end of the file. */
  get remaining(): number {
    return this.#source.size - this.offset;
  }

  /** Whether the next `length` bytes can be read without waiting. */
  has(length: number): boolean {
    return this.#at + length <= this.#window.length;
  }

  /** Fails in the name of `field` unless the next `length` bytes exist and may be read. */
  check(length: number, field: string): void {
    if (length > this.remaining) {
      throw new ModelFormatError(
        `the file is truncated: expected ${length} more bytes: current value is ${this.remaining}`,
        { offset: this.offset, field, limit: this.#source.size },
      );
    }
    if (this.offset + length > this.#limit) {
      throw new ModelFormatError(
        `header and metadata are too long: must be <= ${this.#limit} bytes`,
        { offset: this.offset, field, limit: this.#limit },
      );
    }
  }

  /** Makes the next `length` bytes readable, or fails in the name of `field`. */
  async need(length: number, field: string): Promise<void> {
    if (this.has(length)) return;
    this.check(length, field);
    const start = this.offset;
    const held = this.#window.subarray(this.#at);
    const room = Math.min(this.#source.size, this.#limit) - start;
    const total = Math.min(room, Math.max(length, held.length + this.#chunk));
    const fetched = await this.#source.read(start + held.length, total - held.length);
    const window = new Uint8Array(total);
    window.set(held);
    window.set(fetched, held.length);
    this.#window = window;
    this.#view = new DataView(window.buffer);
    this.#windowStart = start;
    this.#at = 0;
    this.#chunk = Math.min(LARGEST_CHUNK, this.#chunk * 2);
  }

  /** The next `length` bytes, a view that is valid until the next `need`. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    this.#at += length;
    return this.#window.subarray(this.#at - length, this.#at);
  }

  /** Unsigned 32-bit integer. */
  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** Unsigned 64-bit integer, a `bigint` until someone has checked its range. */
  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  #advance(length: number): number {
    this.#at += length;
    return this.#at - length;
  }
}
