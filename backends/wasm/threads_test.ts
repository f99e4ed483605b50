import { assertEquals } from "@std/assert";
import { SHARED_READOUT } from "../../harness/contract/mod.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { wasmBackend } from "./mod.ts";

const ROWS = 21;

/** Large enough that every product is shared out. */
function model(type: "f32" | "q8_0" | "q4_1") {
  return syntheticModel({
    layerCount: 2,
    dModel: 256,
    heads: 4,
    kvHeads: 2,
    headDim: 64,
    ffnSize: 512,
    vocabSize: 2000,
    context: 64,
    tiedHead: true,
    seed: 3,
    type,
  }).checkpoint;
}

async function logitsWith(type: "f32" | "q8_0" | "q4_1", threads: number): Promise<Float32Array> {
  const session = await wasmBackend.open(model(type), { slots: 1, context: 64, threads });
  session.newSlot();
  const rows = Array.from({ length: ROWS }, (_, position) => ({
    slot: 0,
    position,
    token: position * 37,
    phase: "prompt" as const,
  }));
  const step = session.begin(rows);
  step.run({ from: 0, to: 2 }, "block");
  const logits = Float32Array.from(await step.readLogits(SHARED_READOUT));
  step.commit();
  session.close();
  return logits;
}

for (const type of ["f32", "q8_0", "q4_1"] as const) {
  Deno.test(`wasmBackend gives the same logits on 1, 2 and 3 threads: ${type}`, async () => {
    const expected = await logitsWith(type, 1);
    assertEquals(await logitsWith(type, 2), expected);
    assertEquals(await logitsWith(type, 3), expected);
  });
}

Deno.test("wasmBackend.open() says in the record how many threads it took and why", async () => {
  const session = await wasmBackend.open(model("q8_0"), { slots: 1, context: 8, threads: 2 });
  assertEquals(session.backend.features.includes("2 threads"), true);
  session.close();
});
