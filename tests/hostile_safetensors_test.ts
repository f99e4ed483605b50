import { assertRejects } from "@std/assert";
import { ModelFormatError, UnsupportedError } from "../harness/contract/mod.ts";
import { memorySource } from "../models/byte_source.ts";
import { PARTS_LIMITS } from "../models/parts/read_parts.ts";
import { readSafetensors } from "../models/safetensors/read_safetensors.ts";
import { rawSafetensors } from "./safetensors_writer.ts";

/** One tensor's entry. */
function entry(shape: string, offsets: string, dtype = "F32"): string {
  return `{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${offsets}]}`;
}

const data = (count: number) => ({ data: new Uint8Array(count) });
const one = entry("1", "0,4");
const long = "x".repeat(300);

/** Hostile files: what each is, its bytes, and a part of the refusal. */
const HOSTILE: readonly (readonly [what: string, bytes: Uint8Array, refusal: string])[] = [
  ["an empty file", new Uint8Array(0), "truncated"],
  ["a file shorter than its length", new Uint8Array(7), "truncated"],
  ["a header that goes past the file", rawSafetensors("{}", { length: 3n }), "must be >= 2"],
  ["a header of length 0", rawSafetensors("{}", { length: 0n }), "must be >= 2"],
  ["a header of length 2^53 + 2", rawSafetensors("{}", { length: 2n ** 53n + 2n }), "must be"],
  ["a header of length 2^64 − 1", rawSafetensors("{}", { length: 2n ** 64n - 1n }), "must be"],
  ["a header above the limit", rawSafetensors(" ".repeat((4 << 20) + 1)), "must be >= 2 and <="],
  ["a header that begins with a space", rawSafetensors(" {}"), 'begin with "{"'],
  ["a header that is a list", rawSafetensors("[1]"), 'begin with "{"'],
  ["a byte order mark", rawSafetensors("\uFEFF{}"), 'begin with "{"'],
  ["a header that is no UTF-8", rawSafetensors(new Uint8Array([123, 255, 125])), "UTF-8"],
  ["a header that is cut", rawSafetensors('{"a":'), 'expected "{"'],
  ["a string without end", rawSafetensors('{"a'), "inside a string"],
  ["a string that ends in an escape", rawSafetensors('{"a\\'), "inside a string"],
  ["a raw line break in a name", rawSafetensors('{"a\n":{}}'), "JSON string"],
  ["a wrong escape", rawSafetensors('{"\\x":{}}'), "JSON string"],
  ["a long name", rawSafetensors(`{"${long}":${one}}`, data(4)), "at most 256"],
  ["text after the header", rawSafetensors("{}x"), "nothing after"],
  ["a comma at the end", rawSafetensors(`{"a":${one},}`, data(4)), 'expected """'],
  ["a name that comes twice", rawSafetensors(`{"a":${one},"a":${one}}`, data(4)), "comes twice"],
  [
    "a name that comes twice by an escape",
    rawSafetensors(`{"a":${one},"\\u0061":${one}}`, data(4)),
    "comes twice",
  ],
  [
    "two __metadata__",
    rawSafetensors('{"__metadata__":{},"__metadata__":{}}'),
    "comes twice",
  ],
  ["a key of metadata twice", rawSafetensors('{"__metadata__":{"k":"1","k":"2"}}'), "comes twice"],
  ["metadata that is a number", rawSafetensors('{"__metadata__":{"k":1}}'), 'expected """'],
  ["metadata that nests", rawSafetensors('{"__metadata__":{"k":{"l":"1"}}}'), 'expected """'],
  [
    "nesting without end",
    rawSafetensors(`{"a":${"[".repeat(100_000)}`),
    'expected "{"',
  ],
  [
    "a deep list as shape",
    rawSafetensors('{"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}', data(4)),
    "whole number",
  ],
  ["an entry that is null", rawSafetensors('{"a":null}'), 'expected "{"'],
  ["an entry without shape", rawSafetensors('{"a":{"dtype":"F32"}}'), "expected dtype, shape"],
  [
    "a field that comes twice",
    rawSafetensors('{"a":{"dtype":"F32","dtype":"F16","shape":[1]}}'),
    "comes twice",
  ],
  [
    "an unknown field",
    rawSafetensors('{"a":{"dtype":"F32","shape":[1],"strides":[4]}}'),
    '"strides" came',
  ],
  [
    "one offset",
    rawSafetensors('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}', data(4)),
    "two data_offsets",
  ],
  [
    "three offsets",
    rawSafetensors('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', data(4)),
    "at most 2",
  ],
  ["an unknown type", rawSafetensors(`{"a":${entry("1", "0,4", "F31")}}`, data(4)), "known dtype"],
  ["a negative size", rawSafetensors(`{"a":${entry("-1", "0,4")}}`, data(4)), "whole number"],
  ["a fraction", rawSafetensors(`{"a":${entry("1.5", "0,4")}}`, data(4)), 'expected ","'],
  ["an exponent", rawSafetensors(`{"a":${entry("1e0", "0,4")}}`, data(4)), 'expected ","'],
  ["a leading zero", rawSafetensors(`{"a":${entry("01", "0,4")}}`, data(4)), "whole number"],
  [
    "a number of 4,000 digits",
    rawSafetensors(`{"a":${entry("1".repeat(4000), "0,4")}}`, data(4)),
    "whole number",
  ],
  ["a size of 0", rawSafetensors(`{"a":${entry("0", "0,0")}}`), "sizes >= 1"],
  ["rank 9", rawSafetensors(`{"a":${entry("1,1,1,1,1,1,1,1,1", "0,4")}}`, data(4)), "at most 8"],
  [
    "a product above the limit",
    rawSafetensors(`{"a":${entry("1099511627776,2", "0,4")}}`, data(4)),
    "must have <=",
  ],
  [
    "a product that wraps 64 bits to 1",
    rawSafetensors(`{"a":${entry("4294967296,4294967296", "0,4")}}`, data(4)),
    "must have <=",
  ],
  ["data past the file", rawSafetensors(`{"a":${entry("2", "0,8")}}`, data(4)), "truncated"],
  [
    "data longer than the shape",
    rawSafetensors(`{"a":${entry("1", "0,8")}}`, data(8)),
    "4 bytes by type",
  ],
  [
    "data shorter than the shape",
    rawSafetensors(`{"a":${entry("2", "0,4")}}`, data(4)),
    "8 bytes by type",
  ],
  ["offsets that go back", rawSafetensors(`{"a":${entry("1", "4,0")}}`, data(4)), "must begin at"],
  [
    "a hole in front",
    rawSafetensors(`{"a":${entry("1", "4,8")}}`, data(8)),
    "must begin at byte 0",
  ],
  [
    "a hole between",
    rawSafetensors(`{"a":${one},"b":${entry("1", "8,12")}}`, data(12)),
    "must begin at byte 4",
  ],
  [
    "an overlap",
    rawSafetensors(`{"a":${entry("2", "0,8")},"b":${entry("1", "4,8")}}`, data(8)),
    "must begin at byte 8",
  ],
  ["two tensors on one place", rawSafetensors(`{"a":${one},"b":${one}}`, data(4)), "must begin at"],
  ["bytes behind the last tensor", rawSafetensors(`{"a":${one}}`, data(8)), "fill the file"],
  ["bytes and no tensor", rawSafetensors("{}", data(1)), "fill the file"],
];

for (const [what, bytes, refusal] of HOSTILE) {
  Deno.test(`readSafetensors() refuses ${what}`, async () => {
    const source = memorySource("hostile.safetensors", bytes);
    await assertRejects(() => readSafetensors(source, PARTS_LIMITS), ModelFormatError, refusal);
  });
}

Deno.test("readSafetensors() refuses more tensors than the limit and larger files", async () => {
  const header = JSON.stringify(Object.fromEntries(
    Array.from({ length: 6 }, (_, i) => [`t${i}`, {
      dtype: "F32",
      shape: [1],
      data_offsets: [4 * i, 4 * i + 4],
    }]),
  ));
  const source = memorySource("x", rawSafetensors(header, data(24)));
  await readSafetensors(source);
  const refused = (limits: Parameters<typeof readSafetensors>[1]) =>
    assertRejects(() => readSafetensors(source, limits), ModelFormatError);
  await refused({ tensorCount: 4 });
  await refused({ fileBytes: source.size - 1 });
  await refused({ headerBytes: header.length - 1 });
  await refused({ tensorElements: 0n });
});

Deno.test("readSafetensors() names a known type that it cannot decode", async () => {
  const bytes = rawSafetensors(`{"a":${entry("1", "0,8", "F64")}}`, data(8));
  await assertRejects(() => readSafetensors(memorySource("x", bytes)), UnsupportedError, "F64");
});
