/**
 * Ways to spoil the tiny file, one lie at a time.
 *
 * @module
 */
import type { OpenModelOptions } from "../../models/open.ts";
import {
  Fields,
  writeGguf,
  type WrittenFile,
  type WrittenTensor,
  type WrittenValue,
} from "../gguf_writer.ts";
import { tinyGguf, withTensor, withValue } from "../tiny_gguf.ts";

/** A file that must be refused, and in the name of which field. */
export interface Hostile {
  readonly title: string;
  readonly field: string;
  readonly bytes: () => Uint8Array;
  /** Part of the message, where the field alone would not tell one check from another. */
  readonly says?: string;
  readonly options?: OpenModelOptions;
}

/** The valid file. */
export const TINY: WrittenFile = tinyGguf();

/** A u32 value. */
export const u32 = (value: number): WrittenValue => ({ type: "uint32", value });

/** A value of any type number with any fields. */
export const raw = (number: number, fields: Fields): WrittenValue => ({
  type: "raw",
  number,
  bytes: fields.joined(),
});

/** The head of an array, and nothing behind it. */
export const array = (type: number, count: bigint): WrittenValue =>
  raw(9, new Fields().u32(type).u64(count));

/** The tiny file with one pair more, in front. */
export const added = (key: string, value: WrittenValue): WrittenFile => ({
  ...TINY,
  metadata: [[key, value], ...TINY.metadata],
});

/** Writes {@linkcode added}. */
export const add = (key: string, value: WrittenValue): () => Uint8Array => () =>
  writeGguf(added(key, value));

/** Writes the tiny file with one value replaced or removed. */
export const put = (key: string, value: WrittenValue | undefined): () => Uint8Array => () =>
  writeGguf(withValue(TINY, key, value));

/** Writes the tiny file with one tensor changed or removed. */
export const tensor =
  (name: string, change: Partial<WrittenTensor> | undefined): () => Uint8Array => () =>
    writeGguf(withTensor(TINY, name, change));

/** Writes the tiny file with another header. */
export const header = (change: Partial<WrittenFile>): () => Uint8Array => () =>
  writeGguf({ ...TINY, ...change });

/** The first bytes of the tiny file. */
export const cut = (length: number): () => Uint8Array => () => writeGguf(TINY).subarray(0, length);

/** Version 3, no tensors, one pair whose bytes are given. */
export function handmade(pair: Fields): Uint8Array {
  return new Fields().bytes(new TextEncoder().encode("GGUF")).u32(3).u64(0n).u64(1n)
    .bytes(pair.joined()).joined();
}
