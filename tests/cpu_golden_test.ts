import { assert, assertEquals } from "@std/assert";
import { memorySource } from "../models/byte_source.ts";
import { openModel } from "../models/open.ts";
import { SHARED_READOUT } from "../harness/contract/mod.ts";
import type { Row } from "../harness/contract/mod.ts";
import { cpuBackend } from "../backends/cpu/mod.ts";

interface GoldenModel {
  readonly file: string;
  readonly layerCount: number;
  readonly vocabSize: number;
  readonly ids: readonly number[];
  readonly logits: string;
  readonly readouts: string;
}

/** Answers of transformers in f32; tools/golden/synthetic_llama.py made them. */
const golden: { models: readonly GoldenModel[] } = JSON.parse(
  Deno.readTextFileSync(
    new URL("golden/logits/synthetic_llama.json", import.meta.url),
  ),
);

function floats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer);
}

function farthest(a: Float32Array, b: Float32Array): number {
  assertEquals(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

async function open(file: string) {
  const bytes = Deno.readFileSync(new URL(`../${file}`, import.meta.url));
  const { checkpoint } = await openModel(memorySource(file, bytes));
  return await cpuBackend.open(checkpoint, { slots: 1, context: 32 });
}

for (const model of golden.models) {
  Deno.test(`cpu backend matches transformers on ${model.file}, at once and row by row`, async () => {
    const session = await open(model.file);
    const rows: Row[] = model.ids.map((token, position) => ({
      slot: 0,
      position,
      token,
      phase: "prompt",
    }));
    const slot = session.newSlot();
    const whole = session.begin(rows);
    whole.run({ from: 0, to: model.layerCount }, "block");
    const batch = Float32Array.from(await whole.readLogits(SHARED_READOUT));
    whole.commit();
    assert(farthest(batch, floats(model.logits)) < 1e-4);
    session.truncate(slot, 0);
    for (const [i, row] of rows.entries()) {
      const step = session.begin([row]);
      step.run({ from: 0, to: model.layerCount }, "block");
      const logits = await step.readLogits(SHARED_READOUT);
      const v = model.vocabSize;
      assertEquals(farthest(Float32Array.from(logits), batch.slice(i * v, (i + 1) * v)), 0);
      step.commit();
    }
  });

  Deno.test(`cpu backend reads out every height of ${model.file} as transformers does`, async () => {
    const session = await open(model.file);
    session.newSlot();
    const rows: Row[] = model.ids.map((token, position) => ({
      slot: 0,
      position,
      token,
      phase: "prompt",
    }));
    const step = session.begin(rows);
    const expected = floats(model.readouts);
    for (let height = 0; height <= model.layerCount; height++) {
      const logits = await step.readLogits(SHARED_READOUT, [rows.length - 1]);
      const v = model.vocabSize;
      assert(farthest(logits, expected.slice(height * v, (height + 1) * v)) < 1e-4);
      if (height < model.layerCount) step.run(height, "block");
    }
    step.commit();
  });
}
