import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../contract/errors.ts";
import { columnBytes, columnOf, columnType } from "./column_bytes.ts";
import type { TraceColumn } from "./trace_store.ts";

Deno.test("columnOf() gives back every number, whatever lies before it in memory", () => {
  const columns: readonly TraceColumn[] = [
    new Float32Array(0),
    Float32Array.from([0, -0, 1 / 3, NaN, Infinity, -Infinity, 1e-45, 3.4e38]),
    Int32Array.from([0, -1, 2 ** 31 - 1, -(2 ** 31)]),
  ];
  for (const column of columns) {
    const shifted = new Uint8Array(4 * column.length + 3);
    shifted.set(columnBytes(column), 3);
    const type = columnType(column);
    assertEquals(columnOf(shifted.subarray(3), { type, length: column.length }), column);
  }
});

Deno.test("columnBytes() is little-endian", () => {
  assertEquals([...columnBytes(Float32Array.of(1))], [0, 0, 0x80, 0x3f]);
  assertEquals([...columnBytes(Int32Array.of(258))], [2, 1, 0, 0]);
});

Deno.test("columnOf() refuses bytes of another length", () => {
  assertThrows(
    () => columnOf(new Uint8Array(7), { type: "f32", length: 2 }),
    InputError,
    "8 bytes",
  );
});
