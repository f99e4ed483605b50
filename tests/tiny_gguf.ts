/**
 * A valid Llama file of two blocks, as a description to write or to spoil.
 *
 * Width 32, 4 query and 2 KV heads of 8, MLP 64, context 64; 264 tokens: the 256
 * of the byte-level alphabet, four merges, three control tokens and a
 * user-defined one. Norms are ones, other weights small and seeded.
 *
 * @module
 */
import { quantize, type WritableType } from "../harness/numerics/quantization/mod.ts";
import { createRandom, hash32 } from "../harness/numerics/random.ts";
import { BYTE_TO_CHARACTER } from "../models/tokenizer/byte_level.ts";
import type { WrittenFile, WrittenTensor, WrittenValue } from "./gguf_writer.ts";

const WIDTH = 32;
const BLOCKS = 2;
const KV_WIDTH = 16;
const FFN = 64;

const MERGES: readonly string[] = ["Ġ t", "h e", "Ġt he", "o o"];
const EXTRA_TOKENS: readonly string[] = [
  ...MERGES.map((merge) => merge.replace(" ", "")),
  "<|endoftext|>",
  "<|im_start|>",
  "<|im_end|>",
  "<user>",
];
/** Tokens of the tiny vocabulary by id. */
export const TINY_TOKENS: readonly string[] = [...BYTE_TO_CHARACTER, ...EXTRA_TOKENS];
const TINY_KINDS: readonly number[] = TINY_TOKENS.map((token) =>
  token === "<user>" ? 4 : token.startsWith("<|") ? 3 : 1
);

/** Type numbers of the storage formats in a file. */
const TYPE_NUMBERS: Readonly<Record<WritableType, number>> = {
  f32: 0,
  f16: 1,
  bf16: 30,
  "q8_0": 8,
  "q4_0": 2,
  "q4_1": 3,
  "q5_0": 6,
  "q5_1": 7,
};

const text = (value: string): WrittenValue => ({ type: "string", value });
const u32 = (value: number): WrittenValue => ({ type: "uint32", value });
const f32 = (value: number): WrittenValue => ({ type: "float32", value });

/** The valid file; its matrices are stored as `type`. */
export function tinyGguf(type: WritableType = "f32"): WrittenFile {
  const vocabSize = TINY_TOKENS.length;
  return {
    metadata: [
      ["general.architecture", text("llama")],
      ["general.name", text("Tiny")],
      ["llama.block_count", u32(BLOCKS)],
      ["llama.context_length", u32(64)],
      ["llama.embedding_length", u32(WIDTH)],
      ["llama.feed_forward_length", u32(FFN)],
      ["llama.attention.head_count", u32(4)],
      ["llama.attention.head_count_kv", u32(2)],
      ["llama.attention.layer_norm_rms_epsilon", f32(1e-5)],
      ["llama.rope.freq_base", f32(5000)],
      ["llama.rope.dimension_count", u32(8)],
      ["llama.vocab_size", u32(vocabSize)],
      ["tokenizer.ggml.model", text("gpt2")],
      ["tokenizer.ggml.pre", text("smollm")],
      ["tokenizer.ggml.tokens", { type: "strings", value: TINY_TOKENS }],
      ["tokenizer.ggml.token_type", { type: "int32s", value: TINY_KINDS }],
      ["tokenizer.ggml.merges", { type: "strings", value: MERGES }],
      ["tokenizer.ggml.eos_token_id", u32(262)],
      ["tokenizer.ggml.add_bos_token", { type: "bool", value: 0 }],
    ],
    tensors: [
      matrix("token_embd.weight", { rows: vocabSize, columns: WIDTH, type }),
      ones("output_norm.weight"),
      ...Array.from({ length: BLOCKS }, (_, l) => block(`blk.${l}`, type)).flat(),
    ],
  };
}

function block(prefix: string, type: WritableType): WrittenTensor[] {
  const named = (name: string, rows: number, columns: number): WrittenTensor =>
    matrix(`${prefix}.${name}.weight`, { rows, columns, type });
  return [
    ones(`${prefix}.attn_norm.weight`),
    named("attn_q", WIDTH, WIDTH),
    named("attn_k", KV_WIDTH, WIDTH),
    named("attn_v", KV_WIDTH, WIDTH),
    named("attn_output", WIDTH, WIDTH),
    ones(`${prefix}.ffn_norm.weight`),
    named("ffn_gate", FFN, WIDTH),
    named("ffn_up", FFN, WIDTH),
    named("ffn_down", WIDTH, FFN),
  ];
}

function ones(name: string): WrittenTensor {
  const data = quantize("f32", new Float32Array(WIDTH).fill(1));
  return { name, dimensions: [BigInt(WIDTH)], type: 0, data };
}

function matrix(
  name: string,
  { rows, columns, type }: {
    readonly rows: number;
    readonly columns: number;
    readonly type: WritableType;
  },
): WrittenTensor {
  const random = createRandom(hash32(1, ...new TextEncoder().encode(name)));
  const values = Float32Array.from({ length: rows * columns }, () => random.normal() / 8);
  return {
    name,
    dimensions: [BigInt(columns), BigInt(rows)],
    type: TYPE_NUMBERS[type],
    data: quantize(type, values),
  };
}

/** `file` with the value of one key replaced, or the pair removed. */
export function withValue(
  file: WrittenFile,
  key: string,
  value: WrittenValue | undefined,
): WrittenFile {
  const kept = file.metadata.filter(([name]) => name !== key);
  if (value === undefined) return { ...file, metadata: kept };
  const at = file.metadata.findIndex(([name]) => name === key);
  return { ...file, metadata: kept.toSpliced(at < 0 ? kept.length : at, 0, [key, value]) };
}

/** `file` with fields of one tensor replaced, or the tensor removed. */
export function withTensor(
  file: WrittenFile,
  name: string,
  change: Partial<WrittenTensor> | undefined,
): WrittenFile {
  const tensors = file.tensors.flatMap((tensor) => {
    if (tensor.name !== name) return [tensor];
    return change === undefined ? [] : [{ ...tensor, ...change }];
  });
  return { ...file, tensors };
}
