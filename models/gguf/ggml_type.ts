/**
 * Tensor types of GGUF files: number, name and block geometry of each.
 *
 * Types that the harness cannot decode are listed too, so that a file which
 * holds them is checked in full and refused by name.
 *
 * @module
 */
import type { TensorType } from "../../harness/contract/model.ts";

/** What a type number stands for. */
export interface GgmlType {
  /** Name as written by the tools that make such files: `"Q4_K"`. */
  readonly name: string;
  /** Values per block. */
  readonly blockSize: number;
  /** Bytes per block. */
  readonly blockBytes: number;
  /** The harness's name, absent where there is no decoder. */
  readonly type?: TensorType;
}

const entry = (
  name: string,
  blockSize: number,
  blockBytes: number,
  type?: TensorType,
): GgmlType => ({ name, blockSize, blockBytes, ...(type && { type }) });

/** All types by their number in a file. Numbers of withdrawn types are absent. */
export const GGML_TYPES: ReadonlyMap<number, GgmlType> = new Map([
  [0, entry("F32", 1, 4, "f32")],
  [1, entry("F16", 1, 2, "f16")],
  [2, entry("Q4_0", 32, 18, "q4_0")],
  [3, entry("Q4_1", 32, 20, "q4_1")],
  [6, entry("Q5_0", 32, 22, "q5_0")],
  [7, entry("Q5_1", 32, 24, "q5_1")],
  [8, entry("Q8_0", 32, 34, "q8_0")],
  [9, entry("Q8_1", 32, 40)],
  [10, entry("Q2_K", 256, 84)],
  [11, entry("Q3_K", 256, 110)],
  [12, entry("Q4_K", 256, 144, "q4_k")],
  [13, entry("Q5_K", 256, 176, "q5_k")],
  [14, entry("Q6_K", 256, 210, "q6_k")],
  [15, entry("Q8_K", 256, 292)],
  [16, entry("IQ2_XXS", 256, 66)],
  [17, entry("IQ2_XS", 256, 74)],
  [18, entry("IQ3_XXS", 256, 98)],
  [19, entry("IQ1_S", 256, 50)],
  [20, entry("IQ4_NL", 32, 18)],
  [21, entry("IQ3_S", 256, 110)],
  [22, entry("IQ2_S", 256, 82)],
  [23, entry("IQ4_XS", 256, 136)],
  [24, entry("I8", 1, 1)],
  [25, entry("I16", 1, 2)],
  [26, entry("I32", 1, 4)],
  [27, entry("I64", 1, 8)],
  [28, entry("F64", 1, 8)],
  [29, entry("IQ1_M", 256, 56)],
  [30, entry("BF16", 1, 2, "bf16")],
  [34, entry("TQ1_0", 256, 54)],
  [35, entry("TQ2_0", 256, 66)],
  [39, entry("MXFP4", 32, 17)],
  [40, entry("NVFP4", 64, 36)],
  [41, entry("Q1_0", 128, 18)],
]);
