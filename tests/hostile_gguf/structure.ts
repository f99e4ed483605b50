/**
 * Hostile files whose header or metadata lie.
 *
 * @module
 */
import { Fields, writeGguf } from "../gguf_writer.ts";
import {
  add,
  added,
  array,
  cut,
  handmade,
  header,
  type Hostile,
  put,
  raw,
  TINY,
  u32,
} from "./spoil.ts";

const NORM = "blk.0.attn_norm.weight";

/** Hostile files whose header or metadata lie. */
export const HOSTILE_STRUCTURE: readonly Hostile[] = [
  // Magic and version
  { title: "an empty file", field: "magic", bytes: cut(0) },
  { title: "three bytes", field: "magic", bytes: cut(3) },
  { title: "another magic", field: "magic", bytes: header({ magic: "GGML" }) },
  { title: "no version", field: "version", bytes: cut(6) },
  { title: "version 1", field: "version", bytes: header({ version: 1 }) },
  { title: "version 4", field: "version", bytes: header({ version: 4 }) },
  {
    title: "a big-endian file",
    field: "version",
    says: "big-endian",
    bytes: header({ version: 0x0300_0000 }),
  },
  // Counts against the file
  { title: "no counts", field: "tensor_count", bytes: cut(8) },
  { title: "a cut metadata count", field: "metadata_kv_count", bytes: cut(20) },
  {
    title: "2⁶⁴ − 1 tensors",
    field: "tensor_count",
    bytes: header({ tensorCount: 2n ** 64n - 1n }),
  },
  { title: "65,537 tensors", field: "tensor_count", bytes: header({ tensorCount: 65_537n }) },
  {
    title: "2⁶³ pairs",
    field: "metadata_kv_count",
    bytes: header({ metadataCount: 2n ** 63n }),
  },
  {
    title: "65,536 tensors in a small file",
    field: "metadata_kv_count",
    says: "do not fit",
    bytes: () => writeGguf({ ...TINY, tensorCount: 65_536n }).subarray(0, 4096),
  },
  { title: "one pair too many", field: "tensor name 0", bytes: header({ metadataCount: 20n }) },
  // Strings and arrays
  {
    title: "a file of 43 bytes with a key of 2⁶² bytes",
    field: "metadata key 0",
    bytes: () => handmade(new Fields().u64(2n ** 62n).bytes(new Uint8Array(11))),
  },
  {
    title: "a file of 45 bytes with an array of 2⁶⁰ strings",
    field: "a",
    bytes: () => handmade(new Fields().text("a").u32(9).u32(8).u64(2n ** 60n)),
  },
  {
    title: "a key of 257 bytes",
    field: "metadata key 0",
    says: "too long",
    bytes: add("k".repeat(257), u32(1)),
  },
  { title: "an empty key", field: "metadata key 0", says: "empty", bytes: add("", u32(1)) },
  {
    title: "a key that is not UTF-8",
    field: "metadata key 0",
    says: "UTF-8",
    bytes: () => handmade(new Fields().text(Uint8Array.of(0xff)).u32(4).u32(1)),
  },
  {
    title: "a string past the file",
    field: "x",
    says: "truncated",
    bytes: add("x", raw(8, new Fields().u64(900_000n))),
  },
  {
    title: "a string of 2⁵³ + 1 bytes",
    field: "x",
    says: "too long",
    bytes: add("x", raw(8, new Fields().u64(2n ** 53n + 1n))),
  },
  {
    title: "a string above 1 MiB that is really there",
    field: "x",
    says: "too long",
    bytes: add("x", { type: "string", value: new Uint8Array(2 ** 20 + 1) }),
  },
  {
    title: "a string that is not UTF-8",
    field: "general.name",
    says: "UTF-8",
    bytes: put("general.name", { type: "string", value: Uint8Array.of(0xc3, 0x28) }),
  },
  {
    title: "an array of 2⁶⁴ − 1 bytes",
    field: "x",
    says: "too long",
    bytes: add("x", array(0, 2n ** 64n - 1n)),
  },
  {
    title: "an array of 2²² + 1 bools that are really there",
    field: "x",
    says: "array is too long",
    bytes: add(
      "x",
      raw(9, new Fields().u32(7).u64(2n ** 22n + 1n).bytes(new Uint8Array(2 ** 22 + 1))),
    ),
  },
  {
    title: "an array past the file",
    field: "x",
    says: "does not fit",
    bytes: add("x", array(10, 2n ** 20n)),
  },
  {
    title: "an array of arrays",
    field: "x",
    says: "inside arrays",
    bytes: add("x", array(9, 1n)),
  },
  {
    title: "arrays nested 10,000 deep",
    field: "x",
    says: "inside arrays",
    bytes: () => {
      const nested = new Fields();
      for (let depth = 0; depth < 10_000; depth++) nested.u32(9).u64(1n);
      return writeGguf(added("x", raw(9, nested)));
    },
  },
  {
    title: "an unknown value type",
    field: "x",
    says: "type",
    bytes: add("x", raw(13, new Fields())),
  },
  { title: "an unknown element type", field: "x", says: "type", bytes: add("x", array(99, 1n)) },
  { title: "a bool of 2", field: "x", says: "truth", bytes: add("x", { type: "bool", value: 2 }) },
  {
    title: "a bool of 2 in an array",
    field: "x[0]",
    says: "truth",
    bytes: add("x", raw(9, new Fields().u32(7).u64(1n).bytes(Uint8Array.of(2)))),
  },
  {
    title: "a header above its bound",
    field: "x",
    says: "header and metadata are too long",
    options: { limits: { headerBytes: 4096 } },
    bytes: add("x", raw(9, new Fields().u32(0).u64(8000n).bytes(new Uint8Array(8000)))),
  },
  // Duplicates
  {
    title: "the same key twice",
    field: "general.architecture",
    says: "twice",
    bytes: add("general.architecture", { type: "string", value: "llama" }),
  },
  {
    title: "the key __proto__ twice",
    field: "__proto__",
    says: "twice",
    bytes: () =>
      writeGguf({
        ...TINY,
        metadata: [["__proto__", u32(1)], ["__proto__", u32(2)], ...TINY.metadata],
      }),
  },
  {
    title: "the same tensor twice",
    field: NORM,
    says: "twice",
    bytes: () => writeGguf({ ...TINY, tensors: [...TINY.tensors, TINY.tensors[2]!] }),
  },
];
