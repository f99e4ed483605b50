/**
 * Writes GGUF files in memory, well-formed or deliberately not.
 *
 * Every part can be given raw, so a test states exactly the lie it tells; the
 * rest is laid out as the format wants it.
 *
 * @module
 */

/** A value as written. Integers of 64 bits are `bigint`. */
export type WrittenValue =
  | { readonly type: "string"; readonly value: string | Uint8Array }
  | { readonly type: "bool" | "uint8"; readonly value: number }
  | { readonly type: "uint32" | "int32" | "float32"; readonly value: number }
  | { readonly type: "uint64"; readonly value: bigint }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "int32s"; readonly value: readonly number[] }
  /** Any type number with any bytes behind it. */
  | { readonly type: "raw"; readonly number: number; readonly bytes: Uint8Array };

/** A tensor as written. `offset` replaces what the layout would give. */
export interface WrittenTensor {
  readonly name: string;
  readonly dimensions: readonly bigint[];
  readonly type: number;
  readonly data: Uint8Array;
  readonly offset?: bigint;
}

/** A file as written. Counts and magic are right unless given. */
export interface WrittenFile {
  readonly magic?: string;
  readonly version?: number;
  readonly tensorCount?: bigint;
  readonly metadataCount?: bigint;
  /** Pairs in order; a key may come twice. */
  readonly metadata: readonly (readonly [string, WrittenValue])[];
  readonly tensors: readonly WrittenTensor[];
  /** Alignment of the layout in bytes; default 32. */
  readonly alignment?: number;
}

const TYPE_NUMBERS = {
  uint8: 0,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  array: 9,
  uint64: 10,
} as const;

/** Little-endian fields one after another. */
export class Fields {
  readonly #parts: Uint8Array[] = [];
  /** Bytes written so far. */
  length = 0;

  /** Appends bytes as they are. */
  bytes(part: Uint8Array): this {
    this.#parts.push(part);
    this.length += part.length;
    return this;
  }

  /** Unsigned 32-bit integer. */
  u32(value: number): this {
    return this.bytes(new Uint8Array(Uint32Array.of(value).buffer));
  }

  /** Unsigned 64-bit integer. */
  u64(value: bigint): this {
    return this.bytes(new Uint8Array(BigUint64Array.of(value).buffer));
  }

  /** Single-precision number. */
  f32(value: number): this {
    return this.bytes(new Uint8Array(Float32Array.of(value).buffer));
  }

  /** u64 length, then the bytes. */
  text(value: string | Uint8Array): this {
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return this.u64(BigInt(bytes.length)).bytes(bytes);
  }

  /** Zeros up to a multiple of `alignment`. */
  pad(alignment: number): this {
    return this.bytes(new Uint8Array((alignment - this.length % alignment) % alignment));
  }

  /** All bytes in one array. */
  joined(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

/** The bytes of `file`. */
export function writeGguf(file: WrittenFile): Uint8Array<ArrayBuffer> {
  const alignment = file.alignment ?? 32;
  const out = new Fields();
  out.bytes(new TextEncoder().encode(file.magic ?? "GGUF")).u32(file.version ?? 3);
  out.u64(file.tensorCount ?? BigInt(file.tensors.length));
  out.u64(file.metadataCount ?? BigInt(file.metadata.length));
  for (const [key, value] of file.metadata) writeValue(out.text(key), value);
  const data = new Fields();
  for (const tensor of file.tensors) {
    out.text(tensor.name).u32(tensor.dimensions.length);
    for (const size of tensor.dimensions) out.u64(size);
    out.u32(tensor.type).u64(tensor.offset ?? BigInt(data.length));
    data.bytes(tensor.data).pad(alignment);
  }
  return out.pad(alignment).bytes(data.joined()).joined();
}

/** Writes the type number and the value. */
function writeValue(out: Fields, value: WrittenValue): void {
  switch (value.type) {
    case "raw":
      out.u32(value.number).bytes(value.bytes);
      return;
    case "strings":
      out.u32(TYPE_NUMBERS.array).u32(TYPE_NUMBERS.string).u64(BigInt(value.value.length));
      for (const text of value.value) out.text(text);
      return;
    case "int32s":
      out.u32(TYPE_NUMBERS.array).u32(TYPE_NUMBERS.int32).u64(BigInt(value.value.length));
      out.bytes(new Uint8Array(Int32Array.from(value.value).buffer));
      return;
    case "string":
      out.u32(TYPE_NUMBERS.string).text(value.value);
      return;
    case "uint64":
      out.u32(TYPE_NUMBERS.uint64).u64(value.value);
      return;
    case "float32":
      out.u32(TYPE_NUMBERS.float32).f32(value.value);
      return;
    case "bool":
    case "uint8":
      out.u32(TYPE_NUMBERS[value.type]).bytes(Uint8Array.of(value.value));
      return;
    case "uint32":
    case "int32":
      out.u32(TYPE_NUMBERS[value.type]).u32(value.value >>> 0);
      return;
  }
}
