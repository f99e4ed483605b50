/**
 * Hostile files whose parts are well-formed but do not make a model.
 *
 * @module
 */
import { writeGguf, type WrittenValue } from "../gguf_writer.ts";
import { TINY_TOKENS } from "../tiny_gguf.ts";
import { type Hostile, put, tensor, TINY, u32 } from "./spoil.ts";

const NORM = "blk.0.attn_norm.weight";
const QUERY = "blk.0.attn_q.weight";
const TOKENS = "tokenizer.ggml.tokens";

/** The tiny vocabulary with some tokens replaced. */
const tokens = (change: Readonly<Record<number, string>>): WrittenValue => ({
  type: "strings",
  value: TINY_TOKENS.map((token, id) => change[id] ?? token),
});
/** Data of a norm with its sixth value replaced. */
const floats = (value: number): Uint8Array => {
  const data = new Float32Array(32).fill(1);
  data[5] = value;
  return new Uint8Array(data.buffer);
};

/** Hostile files whose parts are well-formed but do not make a model. */
export const HOSTILE_MODEL: readonly Hostile[] = [
  // Hyper-parameters against shapes
  {
    title: "no architecture",
    field: "general.architecture",
    says: "missing",
    bytes: put("general.architecture", undefined),
  },
  {
    title: "an architecture that is a number",
    field: "general.architecture",
    says: "string",
    bytes: put("general.architecture", u32(1)),
  },
  { title: "no blocks", field: "llama.block_count", bytes: put("llama.block_count", u32(0)) },
  { title: "1025 blocks", field: "llama.block_count", bytes: put("llama.block_count", u32(1025)) },
  {
    title: "minus one block",
    field: "llama.block_count",
    bytes: put("llama.block_count", { type: "int32", value: -1 }),
  },
  {
    title: "three blocks, two of them there",
    field: "blk.2.attn_norm.weight",
    says: "missing",
    bytes: put("llama.block_count", u32(3)),
  },
  { title: "a missing tensor", field: QUERY, says: "missing", bytes: tensor(QUERY, undefined) },
  {
    title: "a width that the tensors lack",
    field: "token_embd.weight",
    says: "shape",
    bytes: put("llama.embedding_length", u32(64)),
  },
  {
    title: "no heads",
    field: "llama.attention.head_count",
    bytes: put("llama.attention.head_count", u32(0)),
  },
  {
    title: "heads that do not divide the width",
    field: "llama.attention.head_count",
    bytes: put("llama.attention.head_count", u32(6)),
  },
  {
    title: "KV heads that do not divide the heads",
    field: "llama.attention.head_count_kv",
    bytes: put("llama.attention.head_count_kv", u32(3)),
  },
  {
    title: "KV heads that the keys lack",
    field: "blk.0.attn_k.weight",
    says: "shape",
    bytes: put("llama.attention.head_count_kv", u32(4)),
  },
  {
    title: "an MLP width that the gate lacks",
    field: "blk.0.ffn_gate.weight",
    says: "shape",
    bytes: put("llama.feed_forward_length", u32(96)),
  },
  {
    title: "an odd RoPE dimension",
    field: "llama.rope.dimension_count",
    bytes: put("llama.rope.dimension_count", u32(7)),
  },
  {
    title: "RoPE beyond the head",
    field: "llama.rope.dimension_count",
    bytes: put("llama.rope.dimension_count", u32(16)),
  },
  {
    title: "a RoPE base of NaN",
    field: "llama.rope.freq_base",
    bytes: put("llama.rope.freq_base", { type: "float32", value: NaN }),
  },
  {
    title: "an infinite epsilon",
    field: "llama.attention.layer_norm_rms_epsilon",
    bytes: put("llama.attention.layer_norm_rms_epsilon", { type: "float32", value: Infinity }),
  },
  {
    title: "a context of 2⁶⁴ − 1",
    field: "llama.context_length",
    bytes: put("llama.context_length", { type: "uint64", value: 2n ** 64n - 1n }),
  },
  {
    title: "a context above the caller's cap",
    field: "llama.context_length",
    bytes: () => writeGguf(TINY),
    options: { contextCap: 32 },
  },
  {
    title: "more memory than the budget",
    field: "memory estimate",
    bytes: () => writeGguf(TINY),
    options: { memoryBudget: 100_000 },
  },
  {
    title: "a vocabulary size beside the embedding",
    field: "llama.vocab_size",
    bytes: put("llama.vocab_size", u32(49_152)),
  },
  // Tokenizer
  { title: "no tokens", field: TOKENS, says: "missing", bytes: put(TOKENS, undefined) },
  {
    title: "tokens that are numbers",
    field: TOKENS,
    says: "strings",
    bytes: put(TOKENS, { type: "int32s", value: [1] }),
  },
  {
    title: "fewer tokens than embedding rows",
    field: TOKENS,
    says: "264 rows",
    bytes: put(TOKENS, { type: "strings", value: TINY_TOKENS.slice(1) }),
  },
  {
    title: "an empty token",
    field: `${TOKENS}[9]`,
    says: "empty",
    bytes: put(TOKENS, tokens({ 9: "" })),
  },
  {
    title: "the same token twice",
    field: `${TOKENS}[9]`,
    says: "also",
    bytes: put(TOKENS, tokens({ 9: TINY_TOKENS[8]! })),
  },
  {
    title: "a token kind of 7",
    field: "tokenizer.ggml.token_type[0]",
    bytes: put("tokenizer.ggml.token_type", { type: "int32s", value: TINY_TOKENS.map(() => 7) }),
  },
  {
    title: "token kinds too few",
    field: "tokenizer.ggml.token_type",
    bytes: put("tokenizer.ggml.token_type", { type: "int32s", value: [1] }),
  },
  {
    title: "an end token past the vocabulary",
    field: "tokenizer.ggml.eos_token_id",
    bytes: put("tokenizer.ggml.eos_token_id", u32(264)),
  },
  {
    title: "a begin token of −1",
    field: "tokenizer.ggml.bos_token_id",
    bytes: put("tokenizer.ggml.bos_token_id", { type: "int32", value: -1 }),
  },
  {
    title: "an unknown token of 2³² − 1",
    field: "tokenizer.ggml.unknown_token_id",
    bytes: put("tokenizer.ggml.unknown_token_id", u32(2 ** 32 - 1)),
  },
  {
    title: "a merge of one token",
    field: "tokenizer.ggml.merges[0]",
    bytes: put("tokenizer.ggml.merges", { type: "strings", value: ["the"] }),
  },
  {
    title: "a merge to an unknown token",
    field: "tokenizer.ggml.merges[1]",
    bytes: put("tokenizer.ggml.merges", { type: "strings", value: ["h e", "z z"] }),
  },
  {
    title: "a chat template that is a number",
    field: "tokenizer.chat_template",
    bytes: put("tokenizer.chat_template", u32(1)),
  },
  // Values
  {
    title: "a norm with NaN",
    field: NORM,
    says: "finite",
    bytes: tensor(NORM, { data: floats(NaN) }),
  },
  {
    title: "a last norm with −∞",
    field: "output_norm.weight",
    says: "finite",
    bytes: tensor("output_norm.weight", { data: floats(-Infinity) }),
  },
];
