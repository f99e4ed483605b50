/**
 * Values of GGUF metadata: types, and reading one of any type.
 *
 * Arrays stay packed as bytes until an element is asked for, so they cost
 * little more memory than they have in the file.
 *
 * @module
 */
import { ModelFormatError } from "../../harness/contract/errors.ts";
import type { Cursor } from "./cursor.ts";
import type { GgufLimits } from "./limits.ts";

/** Type of a metadata value. */
export type ValueType = FixedType | "string" | "array";

/** Types whose values all have the same number of bytes. */
export type FixedType =
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "uint32"
  | "int32"
  | "float32"
  | "bool"
  | "uint64"
  | "int64"
  | "float64";

/** Types by their number in a file. */
export const VALUE_TYPES: readonly ValueType[] = [
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "float32",
  "bool",
  "string",
  "array",
  "uint64",
  "int64",
  "float64",
];

/** Smallest number of bytes of one value; the exact number for all but strings and arrays. */
const VALUE_BYTES: Readonly<Record<ValueType, number>> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  bool: 1,
  string: 8,
  array: 12,
  uint64: 8,
  int64: 8,
  float64: 8,
};

/** An array of strings, decoded one at a time. */
export interface StringArray {
  /** Type of the elements. */
  readonly elementType: "string";
  /** Number of elements. */
  readonly length: number;
  /** Element `index`; throws `ModelFormatError` on invalid UTF-8. */
  at(index: number): string;
}

/** An array of numbers, or of truth values as 0 and 1; integers beyond ±2⁵³ are rounded. */
export interface NumberArray {
  /** Type of the elements. */
  readonly elementType: FixedType;
  /** Number of elements. */
  readonly length: number;
  /** Element `index`. */
  at(index: number): number;
}

/** Any array of metadata. Arrays of arrays are refused. */
export type GgufArray = StringArray | NumberArray;

/** Any value of metadata; 64-bit integers stay `bigint`. */
export type GgufValue = number | bigint | boolean | string | GgufArray;

/** Where values are read from, and what bounds them. */
export interface ValueContext {
  readonly cursor: Cursor;
  readonly limits: GgufLimits;
  /** Name of the field, for messages. */
  readonly field: string;
}

const PIECE = 1 << 18; // bytes of a numeric array copied at once, a multiple of 8

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes UTF-8, failing with the field's name and place. */
export function decodeText(
  bytes: Uint8Array,
  place: { readonly offset: number; readonly field: string },
): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (cause) {
    throw new ModelFormatError("expected valid UTF-8", place, { cause });
  }
}

/** Reads a value type and checks that it exists. */
export async function readValueType({ cursor, field }: ValueContext): Promise<ValueType> {
  await cursor.need(4, field);
  const offset = cursor.offset;
  const number = cursor.u32();
  const type = VALUE_TYPES[number];
  if (type === undefined) {
    throw new ModelFormatError(
      `unknown value type: must be <= ${VALUE_TYPES.length - 1}: current value is ${number}`,
      { offset, field, limit: VALUE_TYPES.length - 1 },
    );
  }
  return type;
}

/** Reads a u64 length, then that many bytes of UTF-8. */
export async function readString(context: ValueContext, limit: number): Promise<string> {
  const { cursor, field } = context;
  await cursor.need(8, field);
  const length = takeStringLength(context, limit);
  await cursor.need(length, field);
  const offset = cursor.offset;
  return decodeText(cursor.bytes(length), { offset, field });
}

/** Reads one value of `type`. */
export async function readValue(type: ValueType, context: ValueContext): Promise<GgufValue> {
  const { cursor, field, limits } = context;
  if (type === "string") return await readString(context, limits.stringBytes);
  if (type === "array") return await readArray(context);
  const size = VALUE_BYTES[type];
  await cursor.need(size, field);
  const offset = cursor.offset;
  const bytes = cursor.bytes(size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  if (type === "uint64") return view.getBigUint64(0, true);
  if (type === "int64") return view.getBigInt64(0, true);
  const number = numberAt(type, view, 0);
  if (type !== "bool") return number;
  checkBoolean(number, { offset, field });
  return number === 1;
}

async function readArray(context: ValueContext): Promise<GgufArray> {
  const { cursor, limits, field } = context;
  const elementType = await readValueType(context);
  if (elementType === "array") {
    throw new ModelFormatError("arrays inside arrays are not accepted", {
      offset: cursor.offset - 4,
      field,
    });
  }
  await cursor.need(8, field);
  const offset = cursor.offset;
  const count = cursor.u64();
  const place = { offset, field };
  if (count > BigInt(limits.arrayLength)) {
    throw new ModelFormatError(
      `array is too long: must be <= ${limits.arrayLength} elements: current value is ${count}`,
      { ...place, limit: limits.arrayLength },
    );
  }
  const length = Number(count);
  const bytes = length * VALUE_BYTES[elementType];
  if (bytes > cursor.remaining) {
    throw new ModelFormatError(
      `array does not fit into the file: must be <= ${cursor.remaining} bytes: current value is ${bytes}`,
      { ...place, limit: cursor.remaining },
    );
  }
  if (elementType === "string") return await readStrings(context, length);
  return await readNumbers(elementType, context, length);
}

/** Copies fixed-size elements out of the cursor, piece by piece. */
async function readNumbers(
  elementType: FixedType,
  { cursor, field }: ValueContext,
  length: number,
): Promise<NumberArray> {
  const size = VALUE_BYTES[elementType];
  cursor.check(length * size, field);
  const bytes = new Uint8Array(length * size);
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = Math.min(PIECE, bytes.length - at);
    await cursor.need(piece, field);
    const offset = cursor.offset;
    bytes.set(cursor.bytes(piece), at);
    if (elementType !== "bool") continue;
    for (let i = 0; i < piece; i++) {
      checkBoolean(bytes[at + i]!, { offset: offset + i, field: `${field}[${at + i}]` });
    }
  }
  const view = new DataView(bytes.buffer);
  return { elementType, length, at: (index) => numberAt(elementType, view, index * size) };
}

/** Packs strings back to back; `ends[i]` is the end of string i in `packed`. */
async function readStrings(context: ValueContext, length: number): Promise<StringArray> {
  const { cursor, limits, field } = context;
  const start = cursor.offset;
  const ends = new Uint32Array(length);
  let packed = new Uint8Array(1 << 16);
  let used = 0;
  for (let i = 0; i < length; i++) {
    if (!cursor.has(8)) await cursor.need(8, field);
    const size = takeStringLength(context, limits.stringBytes);
    if (!cursor.has(size)) await cursor.need(size, field);
    if (used + size > packed.length) {
      const grown = new Uint8Array(Math.max(2 * packed.length, used + size));
      grown.set(packed);
      packed = grown;
    }
    packed.set(cursor.bytes(size), used);
    used += size;
    ends[i] = used;
  }
  return {
    elementType: "string",
    length,
    at(index) {
      const from = index === 0 ? 0 : ends[index - 1]!;
      const offset = start + 8 * (index + 1) + from;
      return decodeText(packed.subarray(from, ends[index]!), {
        offset,
        field: `${field}[${index}]`,
      });
    },
  };
}

/** Takes a u64 that is readable already. */
function takeStringLength({ cursor, field }: ValueContext, limit: number): number {
  const offset = cursor.offset;
  const length = cursor.u64();
  if (length > BigInt(limit)) {
    throw new ModelFormatError(
      `string is too long: must be <= ${limit} bytes: current value is ${length}`,
      { offset, field, limit },
    );
  }
  return Number(length);
}

function checkBoolean(byte: number, place: { offset: number; field: string }): void {
  if (byte > 1) {
    throw new ModelFormatError(`expected a truth value, 0 or 1: current value is ${byte}`, {
      ...place,
      limit: 1,
    });
  }
}

function numberAt(type: FixedType, view: DataView, at: number): number {
  switch (type) {
    case "bool":
    case "uint8":
      return view.getUint8(at);
    case "int8":
      return view.getInt8(at);
    case "uint16":
      return view.getUint16(at, true);
    case "int16":
      return view.getInt16(at, true);
    case "uint32":
      return view.getUint32(at, true);
    case "int32":
      return view.getInt32(at, true);
    case "float32":
      return view.getFloat32(at, true);
    case "float64":
      return view.getFloat64(at, true);
    case "uint64":
      return Number(view.getBigUint64(at, true));
    case "int64":
      return Number(view.getBigInt64(at, true));
  }
}
