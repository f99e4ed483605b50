/**
 * Ids of awkward texts under llama.cpp's own vocabularies, all equal to those that
 * llama.cpp is tested with; `deno task vocabularies` fetches both.
 */
import { assert, assertEquals } from "@std/assert";
import { fileSource } from "../cli/file_source.ts";
import type { Tokenizer } from "../harness/contract/model.ts";
import { readGguf } from "../models/gguf/read_gguf.ts";
import { byteLevelBpe } from "../models/tokenizer/byte_level_bpe.ts";
import { readVocabulary } from "../models/tokenizer/vocabulary.ts";
import { VOCABULARIES, VOCABULARIES_FOLDER } from "../tools/fetch_vocabularies.ts";

/** Vocabularies that share another's file. */
const FILES: Readonly<Record<string, string>> = { "deepseek-r1-qwen": "qwen2" };

const path = (name: string, ending: string) =>
  decodeURIComponent(
    new URL(`../${VOCABULARIES_FOLDER}/ggml-vocab-${name}.gguf${ending}`, import.meta.url).pathname,
  );

function areThere(): boolean {
  try {
    return Deno.statSync(path("qwen2", "")).isFile;
  } catch {
    return false;
  }
}

async function open(name: string): Promise<Tokenizer> {
  const { metadata } = await readGguf(await fileSource(path(FILES[name] ?? name, "")));
  const vocabSize = metadata.strings("tokenizer.ggml.tokens")!.length;
  return byteLevelBpe(readVocabulary(metadata, { vocabSize, name }));
}

const there = areThere();
const skipped = there ? "" : ` (skipped: run "deno task vocabularies" for the files)`;

for (const name of VOCABULARIES) {
  Deno.test({
    name: `byteLevelBpe() gives llama.cpp's ids under vocabulary ${name}${skipped}`,
    ignore: !there,
    async fn() {
      const tokenizer = await open(name);
      const texts = (await Deno.readTextFile(path(name, ".inp"))).split("\n__ggml_vocab_test__\n");
      const ids = (await Deno.readTextFile(path(name, ".out"))).split("\n");
      assert(texts.length >= 40 && texts.length === ids.length, `${texts.length}, ${ids.length}`);
      texts.forEach((text, i) =>
        assertEquals(tokenizer.encode(text).join(" "), ids[i]!.trim(), JSON.stringify(text))
      );
    },
  });
}
