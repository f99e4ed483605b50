/**
 * Token ids against llama.cpp's, recorded in tests/golden/tokenization.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Tokenizer } from "../harness/contract/model.ts";
import { writeGguf, type WrittenValue } from "../tests/gguf_writer.ts";
import { memorySource } from "./byte_source.ts";
import { readGguf } from "./gguf/read_gguf.ts";
import { openSmolLm2, SMOLLM2_SKIPPED, smolLm2IsThere } from "../tests/smollm2.ts";
import { byteLevelBpe } from "./tokenizer/byte_level_bpe.ts";
import { readVocabulary } from "./tokenizer/vocabulary.ts";

interface Golden {
  readonly cases: readonly {
    readonly text: string;
    readonly special: boolean;
    readonly ids: readonly number[];
  }[];
  readonly vocabulary?: Readonly<Record<string, string | number | boolean | (string | number)[]>>;
}

async function readGolden(name: string): Promise<Golden> {
  const url = new URL(`../tests/golden/tokenization/${name}.json`, import.meta.url);
  return JSON.parse(await Deno.readTextFile(url));
}

function checkAll(tokenizer: Tokenizer, { cases }: Golden): void {
  assert(cases.length >= 200, `${cases.length} cases`);
  for (const { text, special, ids } of cases) {
    assertEquals(tokenizer.encode(text, { special }), ids, JSON.stringify(text));
  }
}

Deno.test({
  name: `the tokenizer of SmolLM2 gives llama.cpp's ids on every golden text${SMOLLM2_SKIPPED}`,
  ignore: !smolLm2IsThere(),
  fn: async () => checkAll((await openSmolLm2()).tokenizer, await readGolden("smollm2")),
});

Deno.test("the gpt-2 pre-tokenizer gives llama.cpp's ids on every golden text", async () => {
  const golden = await readGolden("gpt2_pre");
  const metadata = Object.entries(golden.vocabulary!).map(([key, value]) =>
    [key, asWritten(value)] as const
  );
  const bytes = writeGguf({ metadata, tensors: [] });
  const file = await readGguf(memorySource("vocabulary.gguf", bytes));
  const vocabSize = file.metadata.strings("tokenizer.ggml.tokens")!.length;
  const vocabulary = readVocabulary(file.metadata, { vocabSize, name: "vocabulary.gguf" });
  checkAll(byteLevelBpe(vocabulary), golden);
});

function asWritten(value: string | number | boolean | (string | number)[]): WrittenValue {
  if (typeof value === "string") return { type: "string", value };
  if (typeof value === "boolean") return { type: "bool", value: value ? 1 : 0 };
  if (typeof value === "number") return { type: "uint32", value };
  return typeof value[0] === "string"
    ? { type: "strings", value: value as string[] }
    : { type: "int32s", value: value as number[] };
}
