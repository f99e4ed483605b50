import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { cpuBackend } from "../backends/cpu/mod.ts";
import type { DecoderSession } from "../harness/contract/backend.ts";
import { ContractError } from "../harness/contract/errors.ts";
import type { LoadedModel } from "../harness/contract/model.ts";
import { syntheticModel } from "../models/synthetic.ts";
import { checkAgainstCpu, divergence } from "./oracle_check.ts";

function model(seed: number): LoadedModel {
  return syntheticModel({
    layerCount: 5,
    dModel: 16,
    heads: 2,
    kvHeads: 1,
    headDim: 8,
    ffnSize: 24,
    vocabSize: 40,
    context: 32,
    tiedHead: true,
    seed,
  });
}

/** A session under another name, so that it is checked. */
async function renamed(loaded: LoadedModel): Promise<DecoderSession> {
  const session = await cpuBackend.open(loaded.checkpoint, { slots: 1, context: 16 });
  Object.assign(session, { backend: { ...session.backend, name: "other" } });
  return session;
}

Deno.test("divergence() is 0 for equal laws, whatever is added, and the sum by hand", () => {
  assertAlmostEquals(divergence(Float32Array.of(1, 2), Float32Array.of(3, 4)), 0, 1e-9);
  const kl = 0.5 * Math.log(0.5 / 0.75) + 0.5 * Math.log(0.5 / 0.25);
  assertAlmostEquals(divergence(Float32Array.of(0, 0), Float32Array.of(Math.log(3), 0)), kl, 1e-6);
});

Deno.test("checkAgainstCpu() passes what computes the same", async () => {
  const check = await checkAgainstCpu(await renamed(model(1)), model(1));
  assert(check !== undefined && Math.abs(check.promptKl) < 1e-9 && Math.abs(check.partsKl) < 1e-9);
});

Deno.test("checkAgainstCpu() refuses what computes something else", async () => {
  const wrong = await renamed(model(2));
  await assertRejects(() => checkAgainstCpu(wrong, model(1)), ContractError, 'Plugin "other"');
});

Deno.test("checkAgainstCpu() has nothing to say of the oracle", async () => {
  const session = await cpuBackend.open(model(1).checkpoint, { slots: 1, context: 16 });
  assertEquals(await checkAgainstCpu(session, model(1)), undefined);
});
