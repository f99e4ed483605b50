import { assertEquals, assertThrows } from "@std/assert";
import { cpuBackend } from "../backends/cpu/mod.ts";
import { SHARED_READOUT } from "../harness/contract/signal.ts";
import { syntheticModel } from "../models/synthetic.ts";
import { predictedMs, priceShapes, shapedSession, type Shapes } from "./call_shapes.ts";

Deno.test("shapedSession() counts calls by part and rows, and priceShapes() times each", async () => {
  const { checkpoint } = syntheticModel({
    layerCount: 3,
    dModel: 8,
    heads: 2,
    kvHeads: 1,
    headDim: 4,
    ffnSize: 8,
    vocabSize: 11,
    context: 32,
    tiedHead: true,
    seed: 1,
  });
  const bare = await cpuBackend.open(checkpoint, { slots: 2, context: 32 });
  const shapes: Shapes = new Map();
  const session = shapedSession(bare, shapes);
  const slot = session.newSlot();
  const step = session.begin([{ slot, position: 0, token: 1, phase: "decode" }]);
  step.run({ from: 0, to: 2 }, "block");
  step.extend([{ slot, position: 1, token: 2, phase: "draft" }]);
  step.run({ from: 0, to: 2 }, "block", [1]);
  step.run(2, "mlp");
  await step.readToken(SHARED_READOUT, [0, 1]);
  await step.readSignals([
    { kind: "readout", signal: "token", readout: SHARED_READOUT },
    { kind: "readout", signal: "top1", readout: SHARED_READOUT },
  ], [1]);
  step.commit();
  session.release(session.fork(slot));
  assertEquals(
    Object.fromEntries(shapes),
    { step: 1, "block 1": 4, "mlp 2": 1, "head 2": 1, "head 1": 1, fork: 1 },
  );
  session.release(slot);
  const prices = await priceShapes(bare, shapes.keys(), { position: 8, repetitions: 2 });
  assertEquals([...prices.ms.keys()], [...shapes.keys()]);
  assertEquals([...prices.ms.values()].every((ms) => ms >= 0), true);
  const ms = new Map([["block 1", 2], ["head 2", 3]]);
  assertEquals(predictedMs(new Map([["block 1", 4], ["head 2", 2]]), { ms }), 14);
  assertThrows(() => predictedMs(new Map([["block 9", 1]]), { ms }), RangeError, "block 9");
  bare.close();
});
