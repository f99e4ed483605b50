/**
 * One tiny model per family, from GGUF and from Hugging Face's files, against what
 * transformers computes with it; tools/golden/families.py made files and answers.
 */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { cpuBackend } from "../backends/cpu/mod.ts";
import { wasmBackend } from "../backends/wasm/mod.ts";
import { fileSource } from "../cli/file_source.ts";
import { folderSource } from "../cli/folder_source.ts";
import {
  type BackendPlugin,
  type LoadedModel,
  type OpenOptions,
  SHARED_READOUT,
} from "../harness/contract/mod.ts";
import { argmax } from "../harness/numerics/logits.ts";
import { openFolder, openModel } from "../models/mod.ts";

/** Largest distance of a logit in full precision. */
const TOLERANCE = 1e-3;
/** Largest distance, of the largest logit, with activations of eight bits. */
const ROUNDED = 0.1;

interface Golden {
  readonly name: string;
  readonly ids: readonly number[];
  readonly logits: string;
  readonly types?: readonly string[];
}

const golden: { readonly models: readonly Golden[] } = JSON.parse(
  Deno.readTextFileSync(new URL("golden/logits/families.json", import.meta.url)),
);

const pathOf = (name: string) =>
  decodeURIComponent(new URL(`testdata/families/${name}`, import.meta.url).pathname);

async function logitsOf(
  model: LoadedModel,
  { backend, options, ids }: {
    readonly backend: BackendPlugin;
    readonly options?: Partial<OpenOptions>;
    readonly ids: readonly number[];
  },
): Promise<Float32Array> {
  const session = await backend.open(model.checkpoint, { slots: 1, context: 64, ...options });
  const slot = session.newSlot();
  // In two steps, so that later rows read a cache.
  const parts = [ids.slice(0, 7), ids.slice(7)];
  const all: Float32Array[] = [];
  let from = 0;
  for (const part of parts) {
    const rows = part.map((token, i) => ({
      slot,
      position: from + i,
      token,
      phase: "prompt" as const,
    }));
    const step = session.begin(rows);
    step.run({ from: 0, to: session.model.layerCount }, "block");
    all.push((await step.readLogits(SHARED_READOUT)).slice());
    step.commit();
    from += part.length;
  }
  session.close();
  const joined = new Float32Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) joined.set(part, at), at += part.length;
  return joined;
}

function farthest(actual: Float32Array, expected: Float32Array): number {
  assertStrictEquals(actual.length, expected.length);
  return actual.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
}

async function check(model: LoadedModel, { ids, logits }: Golden): Promise<void> {
  const expected = new Float32Array(Uint8Array.fromBase64(logits).buffer);
  const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const onCpu = await logitsOf(model, { backend: cpuBackend, ids });
  const distance = farthest(onCpu, expected);
  assert(distance <= TOLERANCE, `cpu: ${distance}`);
  const exact = await logitsOf(model, { backend: wasmBackend, ids, options: { exact: true } });
  assert(farthest(exact, expected) <= TOLERANCE, `wasm exact: ${farthest(exact, expected)}`);
  const rounded = await logitsOf(model, { backend: wasmBackend, ids });
  const off = farthest(rounded, expected) / largest;
  assert(off <= ROUNDED, `wasm: ${off} of ${largest}`);
  const { vocabSize } = model.checkpoint.info;
  const rows = Array.from({ length: ids.length }, (_, i) => i * vocabSize);
  for (const at of rows) {
    const row = expected.subarray(at, at + vocabSize);
    const [wanted, chosen] = [argmax(row), argmax(rounded.subarray(at, at + vocabSize))];
    const gap = row[wanted]! - row[chosen]!;
    assert(gap <= 2 * ROUNDED * largest, `wasm chooses ${chosen} for ${wanted}, ${gap} below`);
  }
}

for (const model of golden.models) {
  const isFolder = model.types === undefined;
  const gguf = isFolder ? `${model.name}/model.gguf` : `${model.name}.gguf`;
  Deno.test(`openModel() reads ${model.name} from GGUF as transformers computes it`, async () => {
    await check(await openModel(await fileSource(pathOf(gguf))), model);
  });
  if (!isFolder) continue;
  Deno.test(`openFolder() reads ${model.name} from safetensors, and encodes alike`, async () => {
    const fromFolder = await openFolder(folderSource(pathOf(model.name)));
    await check(fromFolder, model);
    const fromGguf = await openModel(await fileSource(pathOf(gguf)));
    for (
      const text of ["the reader opens 1234 files, isn't it?\n\n  café 你好 🙂", "", "  x\t\ty "]
    ) {
      assertEquals(fromFolder.tokenizer.encode(text), fromGguf.tokenizer.encode(text), text);
    }
    assertEquals(fromFolder.tokenizer.eos, fromGguf.tokenizer.eos);
    assertEquals(
      { ...fromFolder.checkpoint.info, name: "", digest: "" },
      { ...fromGguf.checkpoint.info, name: "", digest: "" },
    );
  });
}
