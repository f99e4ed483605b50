/**
 * Parts of one SmolLM2-shaped block by format of the weights and number of rows.
 *
 *     deno bench --allow-read backends/wasm/kernels_bench.ts
 *
 * The block's weights fit the last level of cache: times are of computing, not of
 * reading memory. Results are held to full precision before the clock starts.
 */
import { assert } from "@std/assert";
import {
  type DecoderSession,
  type DecoderStep,
  SHARED_READOUT,
} from "../../harness/contract/mod.ts";
import { cosine } from "../../harness/numerics/vector.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { wasmBackend } from "./mod.ts";

const TYPES = ["q8_0", "q4_0", "q4_1", "f16", "f32"] as const;
const ROWS = [1, 2, 4, 8, 97] as const;
const CONTEXT = 128;

async function open(type: typeof TYPES[number], exact: boolean): Promise<DecoderSession> {
  const { checkpoint } = syntheticModel({
    layerCount: 1,
    dModel: 576,
    heads: 9,
    kvHeads: 3,
    headDim: 64,
    ffnSize: 1536,
    vocabSize: 512,
    context: CONTEXT,
    tiedHead: true,
    seed: 5,
    type,
  });
  const session = await wasmBackend.open(checkpoint, {
    slots: 1,
    context: CONTEXT,
    threads: 1,
    exact,
  });
  session.newSlot();
  return session;
}

function begin(session: DecoderSession, rows: number): DecoderStep {
  return session.begin(Array.from({ length: rows }, (_, position) => ({
    slot: 0,
    position,
    token: position * 5,
    phase: "prompt",
  })));
}

/** Throws when the block's logits point elsewhere than in full precision. */
async function check(session: DecoderSession, exact: DecoderSession): Promise<void> {
  const logits: Float32Array[] = [];
  for (const candidate of [session, exact]) {
    const step = begin(candidate, 7);
    step.run(0, "block");
    logits.push(Float32Array.from(await step.readLogits(SHARED_READOUT)));
    step.commit([]);
  }
  const [a, b] = logits;
  const similarity = cosine(a!, b!);
  assert(similarity > 0.999, `cosine ${similarity}`);
}

for (const type of TYPES) {
  const session = await open(type, false);
  const exact = await open(type, true);
  await check(session, exact);
  exact.close();
  for (const rows of ROWS) {
    for (const part of ["attention", "mlp"] as const) {
      Deno.bench(`${part}, ${rows} rows`, { group: `${type}, ${part}` }, (bench) => {
        const step = begin(session, rows);
        bench.start();
        step.run(0, part);
        bench.end();
        step.commit([]);
      });
    }
  }
}
