/**
 * Columns as bytes and back: little-endian, four bytes a number, on every machine.
 *
 * @module
 */
import { InputError } from "../contract/errors.ts";
import type { TraceColumn } from "./trace_store.ts";

/** How numbers are stored. */
export type ColumnType = "f32" | "i32";

/** The type of a column. */
export function columnType(column: TraceColumn): ColumnType {
  return column instanceof Int32Array ? "i32" : "f32";
}

/** Bytes of a column; NaN and infinities included. */
export function columnBytes(column: TraceColumn): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * column.length);
  const view = new DataView(bytes.buffer);
  const isWhole = column instanceof Int32Array;
  for (let i = 0; i < column.length; i++) {
    if (isWhole) view.setInt32(4 * i, column[i]!, true);
    else view.setFloat32(4 * i, column[i]!, true);
  }
  return bytes;
}

/** The column of some bytes. Throws `InputError` unless they hold `length` numbers. */
export function columnOf(
  bytes: Uint8Array,
  { type, length }: { readonly type: ColumnType; readonly length: number },
): TraceColumn {
  if (bytes.length !== 4 * length) {
    throw new InputError(
      `Cannot read a column: expected ${
        4 * length
      } bytes: current length is ${bytes.length}: trace again`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const column = type === "i32" ? new Int32Array(length) : new Float32Array(length);
  for (let i = 0; i < length; i++) {
    column[i] = type === "i32" ? view.getInt32(4 * i, true) : view.getFloat32(4 * i, true);
  }
  return column;
}
