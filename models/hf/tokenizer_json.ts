/**
 * Vocabulary and merges out of `tokenizer.json`, bounded and consistent.
 *
 * Only byte-level BPE is read. Nothing of the file's own pre-tokenizer runs: it must
 * equal one that is known, which then does. Ids that the model has and the file lacks
 * become unused tokens `[PAD<id>]`, as converters to GGUF write them.
 *
 * @module
 */
import { InputError, UnsupportedError } from "../../harness/contract/errors.ts";
import { IN_TOKENIZER_JSON, PRE_TOKENIZERS } from "../tokenizer/pre_tokenizers.ts";
import { endIds, type TokenKind, type Vocabulary } from "../tokenizer/vocabulary.ts";
import { visible } from "../gguf/visible.ts";
import { JsonFields } from "./json_fields.ts";
import { isRecord, shown } from "./model_folder.ts";

/** What a vocabulary is made of. */
export interface TokenizerFiles {
  /** Name for messages. */
  readonly name: string;
  /** `tokenizer.json`. */
  readonly tokenizer: Record<string, unknown>;
  /** `tokenizer_config.json`, if it is there. */
  readonly config: Record<string, unknown> | undefined;
  /** Ids that `config.json` or `generation_config.json` ends generations with. */
  readonly eos: readonly number[];
  /** Rows of the embedding. */
  readonly vocabSize: number;
}

const PLACE = "tokenizer.json";

/**
 * Reads the vocabulary.
 *
 * Errors: `InputError` for anything inconsistent; `UnsupportedError` for tokenizers
 * that are not known.
 */
export function readTokenizerJson(files: TokenizerFiles): Vocabulary {
  const { name, tokenizer, vocabSize } = files;
  const fields = new JsonFields(tokenizer, PLACE);
  const model = fields.required("model", fields.fields("model"));
  const kind = model.string("type") ?? "BPE";
  if (kind !== "BPE") refuse(name, `tokenizer model "${visible(kind)}" is`);
  for (const key of ["continuing_subword_prefix", "end_of_word_suffix"]) {
    if ((model.string(key) ?? "") !== "") refuse(name, `"${key}" of its tokenizer is`);
  }
  if (model.boolean("byte_fallback")) refuse(name, "byte fallback of its tokenizer is");
  const preTokenizer = readPreTokenizer(fields, model, name);
  const tokens = new Array<string>(vocabSize);
  const kinds = new Array<TokenKind>(vocabSize).fill("normal");
  const put = (token: string, id: unknown, kind: TokenKind): void => {
    if (!(Number.isInteger(id) && id as number >= 0 && id as number < vocabSize)) {
      throw fault(`token ${shown(token)}`, `an id >= 0 and < ${vocabSize}`, id);
    }
    const at = id as number;
    if (tokens[at] !== undefined && tokens[at] !== token) {
      throw fault(`id ${at}`, `one token, ${shown(tokens[at])} came before`, token);
    }
    if (token === "") throw fault(`id ${at}`, "a token that is not empty", token);
    tokens[at] = token;
    kinds[at] = kind;
  };
  const listed = model.required("vocab", model.record("vocab"));
  for (const [token, id] of Object.entries(listed)) put(token, id, "normal");
  for (const added of fields.list("added_tokens") ?? []) {
    if (!isRecord(added) || typeof added.content !== "string") {
      throw fault("added_tokens", "objects with content and id", added);
    }
    put(added.content, added.id, added.special === true ? "control" : "userDefined");
  }
  for (let id = 0; id < vocabSize; id++) {
    if (tokens[id] !== undefined) continue;
    tokens[id] = `[PAD${id}]`;
    kinds[id] = "unused";
  }
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if (ids.size < vocabSize) throw fault("vocab", `${vocabSize} different tokens`, ids.size);
  const normalizer = fields.fields("normalizer");
  const form = normalizer?.string("type");
  if (form !== undefined && form !== "NFC") refuse(name, `normalizer "${visible(form)}" is`);
  return {
    preTokenizer,
    tokens,
    ids,
    kinds,
    merges: readMerges(model, ids),
    bos: readBos(files, fields, ids),
    eos: endIds({ ids, kinds }, readEos(files, ids)),
    ...(form === undefined ? {} : { normalization: "NFC" as const }),
  };
}

function refuse(name: string, what: string): never {
  throw new UnsupportedError(`Cannot open "${name}": ${what} not supported yet`);
}

function fault(field: string, wanted: string, value: unknown): InputError {
  return new InputError(
    `Cannot read "${PLACE}": expected for ${field} ${wanted}: current value is ${shown(value)}`,
  );
}

function readPreTokenizer(fields: JsonFields, model: JsonFields, name: string): string {
  const given = canonical(fields.record("pre_tokenizer"));
  const wholeWords = model.boolean("ignore_merges") ?? false;
  const known = [...IN_TOKENIZER_JSON].find(([, config]) => canonical(config) === given)?.[0];
  if (known === undefined) {
    const names = [...IN_TOKENIZER_JSON.keys()].map((each) => `"${each}"`).join(" or ");
    refuse(name, `expected the pre-tokenizer of ${names}: its own is`);
  }
  if (PRE_TOKENIZERS.get(known)!.wholeWords !== wholeWords) {
    refuse(name, `pre-tokenizer "${known}" with "ignore_merges": ${wholeWords} is`);
  }
  return known;
}

/** Text of a JSON value with its keys in order. */
function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, part) =>
      isRecord(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => a < b ? -1 : 1))
        : part,
  );
}

/** Merges as `"a b"` or `["a", "b"]`. */
function readMerges(
  model: JsonFields,
  ids: ReadonlyMap<string, number>,
): readonly (readonly [string, string])[] {
  const merges: [string, string][] = [];
  for (const merge of model.list("merges") ?? []) {
    const space = typeof merge === "string" ? merge.indexOf(" ", 1) : -1;
    const pair = typeof merge === "string"
      ? [merge.slice(0, space), merge.slice(space + 1)]
      : merge;
    const [left, right] = Array.isArray(pair) && pair.length === 2 ? pair : [];
    if (
      typeof left !== "string" || typeof right !== "string" || !ids.has(left) || !ids.has(right) ||
      !ids.has(left + right)
    ) throw fault("merges", "pairs of tokens that join to a third", merge);
    merges.push([left, right]);
  }
  return merges;
}

/** The token that the file's template puts in front of every text. */
function readBos(
  { config }: TokenizerFiles,
  fields: JsonFields,
  ids: ReadonlyMap<string, number>,
): number | undefined {
  if (config?.["add_bos_token"] === false) return undefined;
  const post = fields.record("post_processor");
  const steps = [post, ...(Array.isArray(post?.processors) ? post.processors : [])];
  for (const step of steps) {
    const first = isRecord(step) && Array.isArray(step.single) ? step.single[0] : undefined;
    const special = isRecord(first) ? first["SpecialToken"] : undefined;
    if (isRecord(special) && typeof special.id === "string") return ids.get(special.id);
  }
  return undefined;
}

function readEos(
  { config, eos, vocabSize }: TokenizerFiles,
  ids: ReadonlyMap<string, number>,
): readonly number[] {
  const stated = config?.["eos_token"];
  const text = isRecord(stated) ? stated.content : stated;
  const id = typeof text === "string" ? ids.get(text) : undefined;
  const outside = eos.find((each) => !(Number.isInteger(each) && each >= 0 && each < vocabSize));
  if (outside !== undefined) throw fault("eos_token_id", `ids below ${vocabSize}`, outside);
  return id === undefined ? eos : [id, ...eos];
}
