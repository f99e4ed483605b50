/**
 * GGUF metadata: a map from key to typed value, with checked access.
 *
 * @module
 */
import { ModelFormatError } from "../../harness/contract/errors.ts";
import type { Cursor } from "./cursor.ts";
import type { GgufLimits } from "./limits.ts";
import {
  type GgufValue,
  type NumberArray,
  readString,
  readValue,
  readValueType,
  type StringArray,
  type ValueType,
} from "./value.ts";
import { visible } from "./visible.ts";

/** One key–value pair. */
export interface MetadataEntry {
  /** Type in the file. */
  readonly type: ValueType;
  /** The value. */
  readonly value: GgufValue;
  /** Byte offset of the value in the file. */
  readonly offset: number;
}

/** Inclusive bounds of a number. */
export interface NumberRange {
  /** Smallest value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
}

const INTEGER_TYPES: ReadonlySet<ValueType> = new Set<ValueType>([
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "uint64",
  "int64",
]);

/** Metadata of one file. Every getter throws `ModelFormatError` with the key as field. */
export class Metadata {
  /** All pairs in the order of the file. */
  readonly entries: ReadonlyMap<string, MetadataEntry>;
  /** Byte offset behind the last pair, where a missing key would be. */
  readonly end: number;

  /** Wraps pairs that were read already. */
  constructor(entries: ReadonlyMap<string, MetadataEntry>, end: number) {
    this.entries = entries;
    this.end = end;
  }

  /** Whether the key is there. */
  has(key: string): boolean {
    return this.entries.has(key);
  }

  /** Byte offset of the key's value, or of the end of the metadata. */
  offsetOf(key: string): number {
    return this.entries.get(key)?.offset ?? this.end;
  }

  /** A string; `undefined` if the key is absent. */
  string(key: string): string | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (typeof entry.value !== "string") throw this.#wrongType(key, entry, "a string");
    return entry.value;
  }

  /** A truth value; `undefined` if the key is absent. */
  boolean(key: string): boolean | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (typeof entry.value !== "boolean") throw this.#wrongType(key, entry, "a bool");
    return entry.value;
  }

  /** An integer of any width inside `range`; `undefined` if the key is absent. */
  integer(key: string, range: NumberRange): number | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (!INTEGER_TYPES.has(entry.type)) throw this.#wrongType(key, entry, "an integer");
    const value = entry.value as number | bigint;
    if (value < range.min || value > range.max) throw this.#outOfRange(key, value, range);
    return Number(value);
  }

  /** A floating-point number inside `range`; `undefined` if the key is absent. */
  float(key: string, range: NumberRange): number | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.type !== "float32" && entry.type !== "float64") {
      throw this.#wrongType(key, entry, "a floating-point number");
    }
    const value = entry.value as number;
    if (!(value >= range.min && value <= range.max)) throw this.#outOfRange(key, value, range);
    return value;
  }

  /** An array of strings; `undefined` if the key is absent. */
  strings(key: string): StringArray | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    const { value } = entry;
    if (typeof value !== "object" || value.elementType !== "string") {
      throw this.#wrongType(key, entry, "an array of strings");
    }
    return value;
  }

  /** An array of integers; `undefined` if the key is absent. */
  integers(key: string): NumberArray | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    const { value } = entry;
    if (
      typeof value !== "object" || value.elementType === "string" ||
      value.elementType === "bool" || !INTEGER_TYPES.has(value.elementType)
    ) throw this.#wrongType(key, entry, "an array of integers");
    return value;
  }

  /** `value`, or a `ModelFormatError` that says the key is missing. */
  required<T>(key: string, value: T | undefined): T {
    if (value !== undefined) return value;
    throw new ModelFormatError("the key is missing", { offset: this.end, field: key });
  }

  #wrongType(key: string, entry: MetadataEntry, wanted: string): ModelFormatError {
    const { value, type, offset } = entry;
    const actual = typeof value === "object" ? `an array of ${value.elementType}` : type;
    return new ModelFormatError(`expected ${wanted}: current type is ${actual}`, {
      offset,
      field: key,
    });
  }

  #outOfRange(key: string, value: number | bigint, range: NumberRange): ModelFormatError {
    const { min, max } = range;
    const isBelow = !(value >= min);
    return new ModelFormatError(`must be >= ${min} and <= ${max}: current value is ${value}`, {
      offset: this.offsetOf(key),
      field: key,
      limit: isBelow ? min : max,
    });
  }
}

/** Reads `count` pairs at the cursor. */
export async function readMetadata(
  cursor: Cursor,
  { count, limits }: { readonly count: number; readonly limits: GgufLimits },
): Promise<Metadata> {
  const entries = new Map<string, MetadataEntry>();
  for (let i = 0; i < count; i++) {
    const offset = cursor.offset;
    const position = `metadata key ${i}`;
    const key = await readString({ cursor, limits, field: position }, limits.keyBytes);
    if (key === "") throw new ModelFormatError("the key is empty", { offset, field: position });
    const field = visible(key);
    if (entries.has(key)) {
      throw new ModelFormatError("the key appears twice", { offset, field });
    }
    const context = { cursor, limits, field };
    const type = await readValueType(context);
    const valueOffset = cursor.offset;
    entries.set(key, { type, value: await readValue(type, context), offset: valueOffset });
  }
  return new Metadata(entries, cursor.offset);
}
