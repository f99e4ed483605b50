/**
 * Hostile files whose list of tensors lies about sizes and places.
 *
 * @module
 */
import { writeGguf } from "../gguf_writer.ts";
import { add, type Hostile, tensor, TINY, u32 } from "./spoil.ts";

const NORM = "blk.0.attn_norm.weight";
const QUERY = "blk.0.attn_q.weight";
const ALIGNMENT = "general.alignment";

/** Hostile files whose list of tensors lies about sizes and places. */
export const HOSTILE_LAYOUT: readonly Hostile[] = [
  // Alignment
  { title: "alignment 0", field: ALIGNMENT, bytes: add(ALIGNMENT, u32(0)) },
  { title: "alignment 3", field: ALIGNMENT, bytes: add(ALIGNMENT, u32(3)) },
  { title: "alignment 24", field: ALIGNMENT, says: "power of two", bytes: add(ALIGNMENT, u32(24)) },
  { title: "alignment 2¹⁷", field: ALIGNMENT, bytes: add(ALIGNMENT, u32(2 ** 17)) },
  { title: "alignment 2³¹", field: ALIGNMENT, bytes: add(ALIGNMENT, u32(2 ** 31)) },
  {
    title: "alignment typed int32",
    field: ALIGNMENT,
    says: "uint32",
    bytes: add(ALIGNMENT, { type: "int32", value: 32 }),
  },
  {
    title: "alignment typed uint64",
    field: ALIGNMENT,
    says: "uint32",
    bytes: add(ALIGNMENT, { type: "uint64", value: 32n }),
  },
  // Dimensions
  { title: "no dimensions", field: `${NORM}.dimensions`, bytes: tensor(NORM, { dimensions: [] }) },
  {
    title: "five dimensions",
    field: `${NORM}.dimensions`,
    bytes: tensor(NORM, { dimensions: [32n, 1n, 1n, 1n, 1n] }),
  },
  {
    title: "a dimension of zero",
    field: `${NORM}.dimensions`,
    says: ">= 1",
    bytes: tensor(NORM, { dimensions: [32n, 0n] }),
  },
  {
    title: "a product that wraps to 32 in 64 bits",
    field: `${NORM}.dimensions`,
    says: "number of values",
    bytes: tensor(NORM, { dimensions: [2n ** 63n + 16n, 2n] }),
  },
  {
    title: "a product of 2²⁴⁸",
    field: `${NORM}.dimensions`,
    says: "number of values",
    bytes: tensor(NORM, { dimensions: [2n ** 62n, 2n ** 62n, 2n ** 62n, 2n ** 62n] }),
  },
  {
    title: "2⁴⁰ + 1 values",
    field: `${NORM}.dimensions`,
    says: "number of values",
    bytes: tensor(NORM, { dimensions: [2n ** 40n + 1n] }),
  },
  {
    title: "rows that are not whole blocks",
    field: `${QUERY}.dimensions`,
    says: "multiple of 32",
    bytes: tensor(QUERY, { type: 8, dimensions: [16n, 64n] }),
  },
  { title: "an unknown tensor type", field: `${NORM}.type`, bytes: tensor(NORM, { type: 4 }) },
  {
    title: "tensor type 2³² − 1",
    field: `${NORM}.type`,
    bytes: tensor(NORM, { type: 2 ** 32 - 1 }),
  },
  { title: "an empty tensor name", field: "tensor name 2", bytes: tensor(NORM, { name: "" }) },
  {
    title: "a tensor name of 257 bytes",
    field: "tensor name 2",
    bytes: tensor(NORM, { name: "n".repeat(257) }),
  },
  // Offsets
  {
    title: "an odd offset",
    field: `${NORM}.offset`,
    says: "alignment",
    bytes: tensor(NORM, { offset: 33n }),
  },
  {
    title: "an offset past the file",
    field: `${NORM}.offset`,
    says: "inside the file",
    bytes: tensor(NORM, { offset: 2n ** 40n }),
  },
  {
    title: "an offset that wraps in 64 bits",
    field: `${NORM}.offset`,
    says: "inside the file",
    bytes: tensor(NORM, { offset: 2n ** 64n - 32n }),
  },
  {
    title: "two tensors in one place",
    field: `${NORM}.offset`,
    says: "overlap",
    bytes: tensor(NORM, { offset: 0n }),
  },
  {
    title: "a shape larger than the data",
    field: "blk.1.ffn_down.weight.offset",
    says: "inside the file",
    bytes: tensor("blk.1.ffn_down.weight", { dimensions: [64n, 2n ** 20n] }),
  },
  {
    title: "data cut by one byte",
    field: "blk.1.ffn_down.weight.offset",
    says: "inside the file",
    bytes: () => writeGguf(TINY).subarray(0, -1),
  },
];
