/**
 * `deno task vocabularies`: llama.cpp's vocabulary-only files with the ids that it
 * expects for awkward texts, out of the source archive of `llama-cpp-python`.
 *
 * They are oracles for tests and too large to commit. The archive is checked
 * against its digest before anything is taken out of it.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { exitCodeOf, sentenceOf } from "../cli/exit_code.ts";
import { InputError } from "../harness/contract/errors.ts";
import { pip, type RunPython, runPython, runScript } from "./python.ts";
import { type ExpectedFile, verifyFile } from "./verified_file.ts";

/** Where the files go, from the repository root. */
export const VOCABULARIES_FOLDER = ".cache/vocabularies";

/** Names of the vocabularies: those of the families that are read, and their relatives. */
export const VOCABULARIES: readonly string[] = [
  "gpt-2",
  "mpt",
  "llama-bpe",
  "qwen2",
  "deepseek-r1-qwen",
  "refact",
  "starcoder",
  "command-r",
];

const PACKAGE = "llama-cpp-python==0.3.9";
const ARCHIVE: ExpectedFile = {
  file: "llama_cpp_python-0.3.9.tar.gz",
  bytes: 67_858_575,
  digest: "sha256:a3a985f558385e2f5de5b663f4e9b0817506d6af98122450142cd98e79216370",
};
/** Says that all files of this archive are there. */
const DONE = `${VOCABULARIES_FOLDER}/archive.txt`;

/** Fetches what is missing; whether everything was there before. */
export async function fetchVocabularies(run: RunPython): Promise<{ readonly found: boolean }> {
  const done = await Deno.readTextFile(DONE).catch(() => "");
  if (done === ARCHIVE.digest) return { found: true };
  await Deno.mkdir(VOCABULARIES_FOLDER, { recursive: true });
  const work = await Deno.makeTempDir({ dir: VOCABULARIES_FOLDER, prefix: "partial-" });
  try {
    const flags = ["--dest", work];
    await pip(run, { action: "download", flags, packages: [PACKAGE], source: true });
    const archive = `${work}/${ARCHIVE.file}`;
    await verifyFile(archive, ARCHIVE);
    await runScript(run, {
      task: `Cannot unpack "${ARCHIVE.file}"`,
      args: [
        `${import.meta.dirname}/unpack_vocabularies.py`,
        archive,
        VOCABULARIES_FOLDER,
        ...VOCABULARIES,
      ],
    });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new InputError(`Cannot read package "${PACKAGE}": expected file "${ARCHIVE.file}"`, {
      cause: error,
    });
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  await Deno.writeTextFile(DONE, ARCHIVE.digest);
  return { found: false };
}

if (import.meta.main) {
  try {
    const { found } = await fetchVocabularies(runPython);
    console.log(`Vocabularies ${found ? "were" : "are now"} in ${VOCABULARIES_FOLDER}`);
  } catch (error) {
    console.error(sentenceOf(error));
    Deno.exit(exitCodeOf(error));
  }
}
