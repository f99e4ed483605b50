/** Logits against transformers in f32, and against the reference backend on real text. */
import { assert, assertEquals } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import { webgpuBackend } from "../../backends/webgpu/mod.ts";
import { fileSource } from "../../cli/file_source.ts";
import { type DecoderSession, SHARED_READOUT } from "../../harness/contract/mod.ts";
import { argmax, klDivergence, logSumExp } from "../../harness/numerics/logits.ts";
import { embeddedModels } from "../../models/embedded/mod.ts";
import { memorySource } from "../../models/byte_source.ts";
import { openModel } from "../../models/open.ts";
import { PROSE } from "../../suites/_prose_text.ts";
import { SMOLLM2_PATH, SMOLLM2_SKIPPED, smolLm2IsThere } from "../smollm2.ts";
import { gpuTest, HAS_ADAPTER, NEEDS_ADAPTER } from "./adapter.ts";

/** Largest mean KL against cpu, nats, with f32 activations. */
const MEAN_KL = 1e-4;

const root = new URL("../../", import.meta.url);
const json = (path: string) => JSON.parse(Deno.readTextFileSync(new URL(path, root)));

async function logitsOf(session: DecoderSession, ids: readonly number[]): Promise<Float32Array[]> {
  const { layerCount, vocabSize } = session.model;
  const slot = session.newSlot();
  const step = session.begin(
    ids.map((token, position) => ({ slot, position, token, phase: "prompt" })),
  );
  step.run({ from: 0, to: layerCount }, "block");
  const all = await step.readLogits(SHARED_READOUT);
  const rows = ids.map((_, i) => all.slice(i * vocabSize, (i + 1) * vocabSize));
  step.commit();
  session.release(slot);
  return rows;
}

interface SyntheticGolden {
  readonly file: string;
  readonly ids: readonly number[];
  readonly logits: string;
}

for (
  const { file, ids, logits } of json("tests/golden/logits/synthetic_llama.json")
    .models as SyntheticGolden[]
) {
  gpuTest(`webgpu backend matches transformers on ${file}`, async () => {
    const bytes = Deno.readFileSync(new URL(file, root));
    const { checkpoint } = await openModel(memorySource(file, bytes));
    const session = await webgpuBackend.open(checkpoint, { slots: 1, context: 32 });
    const expected = new Float32Array(
      Uint8Array.from(atob(logits), (each) => each.charCodeAt(0)).buffer,
    );
    const rows = await logitsOf(session, ids);
    assertEquals(rows.length * rows[0]!.length, expected.length);
    rows.flatMap((row) => [...row]).forEach((value, i) =>
      assert(Math.abs(value - expected[i]!) < 1e-4, `${value} for ${expected[i]} at ${i}`)
    );
    session.close();
  });
}

interface FamilyGolden {
  readonly name: string;
  readonly ids: readonly number[];
  readonly logits: string;
  readonly types?: readonly string[];
}

for (
  const { name, ids, logits, types } of json("tests/golden/logits/families.json")
    .models as FamilyGolden[]
) {
  gpuTest(`webgpu backend matches transformers on the tiny ${name}`, async () => {
    const file = types === undefined ? `${name}/model.gguf` : `${name}.gguf`;
    const bytes = Deno.readFileSync(new URL(`tests/testdata/families/${file}`, root));
    const { checkpoint } = await openModel(memorySource(file, bytes));
    const session = await webgpuBackend.open(checkpoint, { slots: 1, context: 64, exact: true });
    const expected = new Float32Array(Uint8Array.fromBase64(logits).buffer);
    const rows = await logitsOf(session, ids);
    assertEquals(rows.length * rows[0]!.length, expected.length);
    rows.flatMap((row) => [...row]).forEach((value, i) =>
      assert(Math.abs(value - expected[i]!) < 1e-3, `${value} for ${expected[i]} at ${i}`)
    );
    session.close();
  });
}

gpuTest("webgpu backend gives the embedded model's laws of cpu on prose", async () => {
  const { checkpoint, tokenizer } = await openModel(await embeddedModels[0]!.source());
  const ids = tokenizer.encode(PROSE[0]!.text).slice(0, 64);
  const laws: Float32Array[][] = [];
  for (const backend of [cpuBackend, webgpuBackend]) {
    const session = await backend.open(checkpoint, { slots: 1, context: 64 });
    laws.push(await logitsOf(session, ids));
    session.close();
  }
  const [expected, actual] = laws as [Float32Array[], Float32Array[]];
  const kls = expected.map((law, i) => klDivergence(law, actual[i]!));
  const mean = kls.reduce((sum, kl) => sum + kl, 0) / kls.length;
  assert(mean < MEAN_KL, `the mean KL is ${mean}`);
  expected.forEach((law, i) => assertEquals(argmax(actual[i]!), argmax(law)));
});

interface RealGolden {
  readonly probeIds: readonly number[];
  readonly prompts: readonly {
    readonly ids: readonly number[];
    readonly positions: readonly {
      readonly position: number;
      readonly probeLogits: readonly number[];
      readonly logSumExp: number;
    }[];
  }[];
}

Deno.test({
  name: `webgpu backend matches transformers on SmolLM2${SMOLLM2_SKIPPED}${NEEDS_ADAPTER}`,
  ignore: !smolLm2IsThere() || !HAS_ADAPTER,
  async fn() {
    const { probeIds, prompts }: RealGolden = json("tests/golden/logits/smollm2.json");
    const { checkpoint } = await openModel(await fileSource(SMOLLM2_PATH));
    const session = await webgpuBackend.open(checkpoint, { slots: 1, context: 128 });
    const prompt = prompts.reduce((short, each) =>
      each.ids.length < short.ids.length ? each : short
    );
    const rows = await logitsOf(session, prompt.ids);
    for (const { position, probeLogits, logSumExp: wanted } of prompt.positions) {
      const row = rows[position]!;
      assert(Math.abs(logSumExp(row) - wanted) < 1e-3);
      probeIds.forEach((id, i) => assert(Math.abs(row[id]! - probeLogits[i]!) < 1e-3));
    }
    session.close();
  },
});
