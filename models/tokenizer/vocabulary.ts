/**
 * Vocabulary and merges out of GGUF metadata, bounded and consistent.
 *
 * @module
 */
import { ModelFormatError, UnsupportedError } from "../../harness/contract/errors.ts";
import type { Metadata } from "../gguf/metadata.ts";
import type { NumberArray } from "../gguf/value.ts";
import { visible } from "../gguf/visible.ts";
import { PRE_TOKENIZERS } from "./pre_tokenizers.ts";

/** What a token is for. */
export type TokenKind = "normal" | "unknown" | "control" | "userDefined" | "unused" | "byte";

/** Kinds by their number in `tokenizer.ggml.token_type`; 0 is not in use. */
const TOKEN_KINDS: readonly (TokenKind | undefined)[] = [
  undefined,
  "normal",
  "unknown",
  "control",
  "userDefined",
  "unused",
  "byte",
];

/** A byte-level BPE vocabulary. */
export interface Vocabulary {
  /** Name of the pre-tokenizer, one that is known. */
  readonly preTokenizer: string;
  /** Tokens by id, as written in the file. All differ, none is empty. */
  readonly tokens: readonly string[];
  /** Ids by token. */
  readonly ids: ReadonlyMap<string, number>;
  /** Kinds by id. */
  readonly kinds: readonly TokenKind[];
  /** Pairs to merge, the first rank first. Both sides and the result are tokens. */
  readonly merges: readonly (readonly [string, string])[];
  /** Id put in front of every text, if the model wants one. */
  readonly bos: number | undefined;
  /** Ids that end a generation. */
  readonly eos: readonly number[];
  /** How text is normalized before it is cut, where it is. */
  readonly normalization?: "NFC";
}

/** Tokens that end a turn wherever a vocabulary has them. */
const END_TOKENS: readonly string[] = ["<|im_end|>", "<|endoftext|>"];

/**
 * Reads the tokenizer's metadata for a model with `vocabSize` embedding rows.
 *
 * Errors: `ModelFormatError` for anything inconsistent; `UnsupportedError` for
 * models and pre-tokenizers that are not known.
 */
export function readVocabulary(
  metadata: Metadata,
  { vocabSize, name }: { readonly vocabSize: number; readonly name: string },
): Vocabulary {
  const preTokenizer = readPreTokenizer(metadata, name);
  const { tokens, ids } = readTokens(metadata, vocabSize);
  const kinds = readKinds(metadata, vocabSize);
  const end = readId(metadata, "tokenizer.ggml.eos_token_id", vocabSize);
  const begin = readId(metadata, "tokenizer.ggml.bos_token_id", vocabSize);
  readId(metadata, "tokenizer.ggml.unknown_token_id", vocabSize);
  readId(metadata, "tokenizer.ggml.padding_token_id", vocabSize);
  return {
    preTokenizer,
    tokens,
    ids,
    kinds,
    merges: readMerges(metadata, ids),
    bos: metadata.boolean("tokenizer.ggml.add_bos_token") ? begin : undefined,
    eos: endIds({ ids, kinds }, end === undefined ? [] : [end]),
  };
}

/**
 * Ids that end a generation: those stated, and every token that is known to end a turn. Such
 * a token acts as special even where a file calls it normal, so `kinds` is changed.
 */
export function endIds(
  { ids, kinds }: { readonly ids: ReadonlyMap<string, number>; readonly kinds: TokenKind[] },
  stated: readonly number[],
): number[] {
  const known = END_TOKENS.flatMap((token) => ids.get(token) ?? []);
  for (const id of known) if (kinds[id] === "normal") kinds[id] = "control";
  return [...new Set([...stated, ...known])];
}

function readPreTokenizer(metadata: Metadata, name: string): string {
  const modelKey = "tokenizer.ggml.model";
  const model = metadata.required(modelKey, metadata.string(modelKey));
  if (model !== "gpt2") {
    throw new UnsupportedError(
      `Cannot open "${name}": expected tokenizer model "gpt2": "${
        visible(model)
      }" is not supported yet`,
    );
  }
  const key = "tokenizer.ggml.pre";
  const preTokenizer = metadata.required(key, metadata.string(key));
  if (!PRE_TOKENIZERS.has(preTokenizer)) {
    const known = [...PRE_TOKENIZERS.keys()].map((known) => `"${known}"`).join(" or ");
    throw new UnsupportedError(
      `Cannot open "${name}": expected pre-tokenizer ${known}: "${
        visible(preTokenizer)
      }" is not supported yet`,
    );
  }
  return preTokenizer;
}

function readTokens(
  metadata: Metadata,
  vocabSize: number,
): { tokens: string[]; ids: Map<string, number> } {
  const key = "tokenizer.ggml.tokens";
  const list = metadata.required(key, metadata.strings(key));
  checkLength(metadata, key, { actual: list.length, vocabSize });
  const tokens: string[] = [];
  const ids = new Map<string, number>();
  for (let id = 0; id < vocabSize; id++) {
    const token = list.at(id);
    const place = { offset: metadata.offsetOf(key), field: `${key}[${id}]` };
    if (token === "") throw new ModelFormatError("the token is empty", place);
    if (ids.has(token)) {
      throw new ModelFormatError(`the token is also number ${ids.get(token)}`, place);
    }
    tokens.push(token);
    ids.set(token, id);
  }
  return { tokens, ids };
}

function readKinds(metadata: Metadata, vocabSize: number): TokenKind[] {
  const key = "tokenizer.ggml.token_type";
  const list: NumberArray | undefined = metadata.integers(key);
  if (list === undefined) return new Array<TokenKind>(vocabSize).fill("normal");
  checkLength(metadata, key, { actual: list.length, vocabSize });
  return Array.from({ length: vocabSize }, (_, id) => {
    const number = list.at(id);
    const kind = TOKEN_KINDS[number];
    if (kind !== undefined) return kind;
    throw new ModelFormatError(`must be >= 1 and <= 6: current value is ${number}`, {
      offset: metadata.offsetOf(key),
      field: `${key}[${id}]`,
      limit: 6,
    });
  });
}

function readMerges(metadata: Metadata, ids: ReadonlyMap<string, number>): [string, string][] {
  const key = "tokenizer.ggml.merges";
  const list = metadata.strings(key);
  const merges: [string, string][] = [];
  if (list === undefined) return merges;
  const seen = new Set<string>();
  for (let rank = 0; rank < list.length; rank++) {
    const merge = list.at(rank);
    const space = merge.indexOf(" ", 1);
    const left = merge.slice(0, space);
    const right = merge.slice(space + 1);
    if (space < 0 || !ids.has(left) || !ids.has(right) || !ids.has(left + right)) {
      throw new ModelFormatError(
        `expected two tokens that join to a third: current value is ${
          JSON.stringify(visible(merge))
        }`,
        { offset: metadata.offsetOf(key), field: `${key}[${rank}]` },
      );
    }
    if (seen.has(merge)) continue; // the first rank counts
    seen.add(merge);
    merges.push([left, right]);
  }
  return merges;
}

function readId(metadata: Metadata, key: string, vocabSize: number): number | undefined {
  return metadata.integer(key, { min: 0, max: vocabSize - 1 });
}

function checkLength(
  metadata: Metadata,
  key: string,
  { actual, vocabSize }: { readonly actual: number; readonly vocabSize: number },
): void {
  if (actual === vocabSize) return;
  throw new ModelFormatError(
    `must have one entry for each of the ${vocabSize} rows of the embedding: current length is ${actual}`,
    { offset: metadata.offsetOf(key), field: key, limit: vocabSize },
  );
}
