/**
 * Checked access to the fields of a JSON object.
 *
 * @module
 */
import { InputError } from "../../harness/contract/errors.ts";
import { isRecord, shown } from "./model_folder.ts";

/** Inclusive bounds. */
export interface Range {
  /** Smallest value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
}

/** Fields of one object; `undefined` for those that are absent or null. */
export class JsonFields {
  readonly #fields: Record<string, unknown>;
  readonly #place: string;

  /** `place` names the object in messages: `"config.json"`. */
  constructor(fields: Record<string, unknown>, place: string) {
    this.#fields = fields;
    this.#place = place;
  }

  #get(key: string): unknown {
    return Object.hasOwn(this.#fields, key) ? this.#fields[key] ?? undefined : undefined;
  }

  /** An error about a field. */
  fault(key: string, wanted: string): InputError {
    return new InputError(
      `Cannot read field "${key}" of "${this.#place}": expected ${wanted}: current value is ${
        shown(this.#get(key))
      }`,
    );
  }

  /** A whole number inside `range`. */
  integer(key: string, range: Range): number | undefined {
    const value = this.number(key, range);
    if (value === undefined || Number.isSafeInteger(value)) return value;
    throw this.fault(key, "a whole number");
  }

  /** A number inside `range`. */
  number(key: string, { min, max }: Range): number | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    if (typeof value === "number" && value >= min && value <= max) return value;
    throw this.fault(key, `a number >= ${min} and <= ${max}`);
  }

  /** A string. */
  string(key: string): string | undefined {
    const value = this.#get(key);
    if (value === undefined || typeof value === "string") return value;
    throw this.fault(key, "a string");
  }

  /** A truth value. */
  boolean(key: string): boolean | undefined {
    const value = this.#get(key);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.fault(key, "true or false");
  }

  /** A list. */
  list(key: string): readonly unknown[] | undefined {
    const value = this.#get(key);
    if (value === undefined || Array.isArray(value)) return value;
    throw this.fault(key, "a list");
  }

  /** An object. */
  record(key: string): Record<string, unknown> | undefined {
    const value = this.#get(key);
    if (value === undefined || isRecord(value)) return value;
    throw this.fault(key, "an object");
  }

  /** The fields of an object. */
  fields(key: string): JsonFields | undefined {
    const value = this.record(key);
    return value && new JsonFields(value, `${this.#place}.${key}`);
  }

  /** The value, which must be there. */
  required<T>(key: string, value: T | undefined): T {
    if (value !== undefined) return value;
    throw new InputError(`Cannot read "${this.#place}": field "${key}" is missing`);
  }
}
