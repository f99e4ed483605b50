/**
 * Hostile model folders: each is a valid one with one lie, and each must be refused in
 * one sentence, by an error of ours, in less than a second; then many lies at random,
 * which must be refused or opened and never do anything else.
 */
import { assert } from "@std/assert";
import { InputError, ModelFormatError, UnsupportedError } from "../harness/contract/errors.ts";
import type { LoadedModel } from "../harness/contract/model.ts";
import { createRandom } from "../harness/numerics/random.ts";
import { memorySource } from "../models/byte_source.ts";
import { type ModelFolder, openFolder } from "../models/open_folder.ts";

type Json = Record<string, unknown>;
type Files = Map<string, Uint8Array<ArrayBuffer>>;

const NAMES = [
  "config.json",
  "generation_config.json",
  "model.safetensors",
  "tokenizer.json",
  "tokenizer_config.json",
];
const SHARDS = [1, 2, 3].map((i) => `model-0000${i}-of-00003.safetensors`);

function read(family: string, names: readonly string[]): Files {
  const at = (name: string) => new URL(`testdata/families/${family}/${name}`, import.meta.url);
  return new Map(names.map((name) => [name, Deno.readFileSync(at(name))]));
}

const QWEN = read("qwen2", NAMES);
const LLAMA = read("llama3", [
  ...NAMES.filter((name) => name !== "model.safetensors"),
  "model.safetensors.index.json",
  ...SHARDS,
]);

const folder = (files: Files): ModelFolder => ({
  name: "hostile",
  file: (name) => {
    const bytes = files.get(name);
    return Promise.resolve(bytes && memorySource(name, bytes));
  },
});

const utf8 = (text: string) => new TextEncoder().encode(text);
const jsonOf = (files: Files, name: string): Json =>
  JSON.parse(new TextDecoder().decode(files.get(name)!));

function withFile(files: Files, name: string, bytes: Uint8Array<ArrayBuffer> | undefined): Files {
  const changed = new Map(files);
  if (bytes === undefined) changed.delete(name);
  else changed.set(name, bytes);
  return changed;
}

/** With a field, by its path, set; `undefined` takes it away. */
function put(files: Files, name: string, path: readonly string[], value: unknown): Files {
  const json = jsonOf(files, name);
  const last = path.at(-1)!;
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as Json, json);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return withFile(files, name, utf8(JSON.stringify(json)));
}

const config = (key: string, value: unknown) => put(QWEN, "config.json", [key], value);
const tokenizer = (path: readonly string[], value: unknown) =>
  put(QWEN, "tokenizer.json", path, value);
const scaling = (key: string, value: unknown) =>
  put(LLAMA, "config.json", ["rope_parameters", key], value);
const shard = (tensor: string, place: unknown) =>
  put(LLAMA, "model.safetensors.index.json", ["weight_map", tensor], place);

const CORPUS: readonly (readonly [string, Files, string])[] = [
  ["no config", withFile(QWEN, "config.json", undefined), '"config.json"'],
  ["a config that is a list", withFile(QWEN, "config.json", utf8("[]")), "a JSON object"],
  ["a config that is cut", withFile(QWEN, "config.json", utf8('{"model_type"')), "expected JSON"],
  ["a config of bad UTF-8", withFile(QWEN, "config.json", Uint8Array.of(0x22, 0xff)), "JSON"],
  ["no model type", config("model_type", undefined), '"model_type" is missing'],
  ["an unknown model type", config("model_type", "mamba"), 'type "mamba"'],
  ["a model type with controls", config("model_type", "\u001b[31m"), "\\u{1b}"],
  ["a prototype for a model type", config("model_type", "__proto__"), "not supported"],
  ["no width", config("hidden_size", undefined), '"hidden_size" is missing'],
  ["a width of zero", config("hidden_size", 0), '"hidden_size"'],
  ["a width that is a text", config("hidden_size", "32"), '"hidden_size"'],
  ["a width with a fraction", config("hidden_size", 32.5), "a whole number"],
  ["a width beyond all bounds", config("hidden_size", 2 ** 40), '"hidden_size"'],
  ["another width than the tensors'", config("hidden_size", 64), "must be [280, 64]"],
  ["layers beyond all bounds", config("num_hidden_layers", 1e6), '"num_hidden_layers"'],
  ["more layers than tensors", config("num_hidden_layers", 3), "is missing"],
  ["fewer layers than tensors", config("num_hidden_layers", 1), "not supported"],
  ["heads that do not divide", config("num_attention_heads", 6), "num_attention_heads"],
  ["KV heads that do not divide", config("num_key_value_heads", 3), "num_key_value_heads"],
  ["an odd head", config("head_dim", 7), "even"],
  ["a negative epsilon", config("rms_norm_eps", -1), '"rms_norm_eps"'],
  ["an epsilon that is no number", config("rms_norm_eps", "tiny"), '"rms_norm_eps"'],
  ["a context beyond all bounds", config("max_position_embeddings", 2 ** 30), "max_position"],
  ["a larger vocabulary", config("vocab_size", 281), "must be [281, 32]"],
  ["a vocabulary beyond all bounds", config("vocab_size", 1e12), '"vocab_size"'],
  ["a sliding window", config("use_sliding_window", true), "sliding-window"],
  ["biases everywhere", config("attention_bias", true), "attention_bias"],
  ["another activation", config("hidden_act", "relu"), '"relu"'],
  ["an untied head without one", config("tie_word_embeddings", false), "lm_head.weight"],
  ["a rotation of zero", put(QWEN, "config.json", ["rope_parameters", "rope_theta"], 0), "theta"],
  ["another rotation", scaling("rope_type", "yarn"), '"yarn"'],
  ["a factor that is missing", scaling("factor", undefined), '"factor" is missing'],
  ["a factor of zero", scaling("factor", 0), '"factor"'],
  ["bounds in the wrong order", scaling("low_freq_factor", 5), "low_freq_factor"],
  ["no weights", withFile(QWEN, "model.safetensors", undefined), "there is neither"],
  [
    "weights that are cut",
    withFile(QWEN, "model.safetensors", QWEN.get("model.safetensors")!.slice(0, 5000)),
    "truncated",
  ],
  ["a shard that is missing", withFile(LLAMA, SHARDS[1]!, undefined), "is missing"],
  ["a shard outside the folder", shard("model.norm.weight", "../../etc.safetensors"), "names of"],
  ["a shard that is no text", shard("model.norm.weight", 3), "names of"],
  ["a tensor in another shard", shard("model.norm.weight", SHARDS[0]), "not where"],
  ["a tensor in no shard", shard("model.extra.weight", SHARDS[0]), "is in no shard"],
  [
    "an index without a map",
    put(LLAMA, "model.safetensors.index.json", ["weight_map"], undefined),
    "weight_map",
  ],
  ["no tokenizer", withFile(QWEN, "tokenizer.json", undefined), '"tokenizer.json"'],
  ["a tokenizer without a model", tokenizer(["model"], undefined), '"model" is missing'],
  ["another tokenizer model", tokenizer(["model", "type"], "Unigram"), '"Unigram"'],
  [
    "a pre-tokenizer with its own expression",
    tokenizer(["pre_tokenizer"], { type: "Split", pattern: { Regex: "(a+)+$" } }),
    "pre-tokenizer",
  ],
  ["no pre-tokenizer", tokenizer(["pre_tokenizer"], null), "pre-tokenizer"],
  ["another normalizer", tokenizer(["normalizer"], { type: "Lowercase" }), '"Lowercase"'],
  ["byte fallback", tokenizer(["model", "byte_fallback"], true), "byte fallback"],
  ["merges that are whole words", tokenizer(["model", "ignore_merges"], true), "ignore_merges"],
  ["an id beyond the embedding", tokenizer(["model", "vocab", "!"], 280), "an id >= 0"],
  ["a negative id", tokenizer(["model", "vocab", "!"], -1), "an id >= 0"],
  ["an id with a fraction", tokenizer(["model", "vocab", "!"], 1.5), "an id >= 0"],
  ["two tokens of one id", tokenizer(["model", "vocab", "!"], 2), "one token"],
  ["an empty token", tokenizer(["model", "vocab", ""], 1), "one token"],
  ["a merge of unknown tokens", tokenizer(["model", "merges"], [["zz", "yy"]]), "merges"],
  ["a merge of three", tokenizer(["model", "merges"], [["a", "b", "c"]]), "merges"],
  ["a merge that is a number", tokenizer(["model", "merges"], [7]), "merges"],
  ["an added token without a text", tokenizer(["added_tokens"], [{ id: 1 }]), "added_tokens"],
  [
    "an added token beyond the rest",
    tokenizer(["added_tokens"], [{ id: 1e9, content: "x" }]),
    "id",
  ],
  ["an end beyond the vocabulary", config("eos_token_id", 999), "eos_token_id"],
  ["an end that is a text", config("eos_token_id", "</s>"), "eos_token_id"],
];

const OURS = [InputError, ModelFormatError, UnsupportedError];

async function tried(files: Files): Promise<LoadedModel | Error> {
  try {
    return await openFolder(folder(files));
  } catch (error) {
    if (OURS.some((kind) => error instanceof kind)) return error as Error;
    throw error;
  }
}

Deno.test("openFolder() opens the folders that the hostile ones are made from", async () => {
  for (const files of [QWEN, LLAMA]) assert(!(await tried(files) instanceof Error));
});

for (const [title, files, says] of CORPUS) {
  Deno.test(`openFolder() refuses ${title}`, async () => {
    const started = performance.now();
    const error = await tried(files);
    assert(error instanceof Error, "it was opened");
    assert(error.message.includes(says), error.message);
    assert(!/\p{Cc}/u.test(error.message) && !error.message.endsWith("."), error.message);
    assert(performance.now() - started < 1000);
  });
}

Deno.test("openFolder() opens or refuses 400 spoiled folders and does nothing else", async () => {
  const random = createRandom(20261124);
  const names = NAMES.filter((name) => name !== "generation_config.json");
  let refused = 0;
  for (let i = 0; i < 400; i++) {
    const name = names[Math.floor(random.uniform() * names.length)]!;
    const bytes = QWEN.get(name)!.slice();
    const reach = name.endsWith(".safetensors") ? 2000 : bytes.length;
    for (let change = 0; change < 1 + 3 * random.uniform(); change++) {
      bytes[Math.floor(random.uniform() * reach)] = Math.floor(random.uniform() * 256);
    }
    const cut = random.uniform() < 0.2 ? Math.floor(random.uniform() * bytes.length) : bytes.length;
    if (await tried(withFile(QWEN, name, bytes.slice(0, cut))) instanceof Error) refused++;
  }
  assert(refused >= 200, `${refused} were refused`);
});
