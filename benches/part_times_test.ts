import { assertEquals } from "@std/assert";
import { cpuBackend } from "../backends/cpu/mod.ts";
import type { DecoderSession } from "../harness/contract/backend.ts";
import { planUpTo } from "../harness/contract/policy.ts";
import { SHARED_READOUT } from "../harness/contract/signal.ts";
import { compilePlan } from "../harness/decode/plan_program.ts";
import { syntheticModel } from "../models/synthetic.ts";
import { bareForced } from "./bare_loops.ts";
import { rowsOf } from "./bench_model.ts";
import { FIRST_FORCED, ForcedTimer } from "./forced_arms.ts";
import { PARTS } from "./part.ts";
import { contextFor, FIRST_VISIT, openPartSlots, PartTimer, PREFIX } from "./part_times.ts";

async function open(): Promise<DecoderSession> {
  const { checkpoint } = syntheticModel({
    layerCount: 3,
    dModel: 8,
    heads: 2,
    kvHeads: 1,
    headDim: 4,
    ffnSize: 8,
    vocabSize: 30,
    context: 512,
    tiedHead: true,
    seed: 3,
  });
  return await cpuBackend.open(checkpoint, { slots: 4, context: contextFor([1, 3, 70]) });
}

Deno.test("PartTimer times every part once a visit and leaves the slots as they were", async () => {
  const session = await open();
  const slots = openPartSlots(session);
  const arms = [1, 3, 70].flatMap((rows) => PARTS.map((part) => ({ part, rows })));
  const timer = new PartTimer(session, { arms, slots, seed: 1 });
  for (let visit = FIRST_VISIT; visit < 2; visit++) await timer.visit(visit);
  for (const { timesMs, rows, prefix } of timer.samples()) {
    assertEquals(timesMs.length, 2);
    assertEquals(timesMs.every((ms) => ms >= 0), true);
    assertEquals(prefix, rows === 70 ? 0 : PREFIX);
  }
  assertEquals([session.length(slots.prefixed), session.length(slots.empty)], [PREFIX, 0]);
});

Deno.test("bareForced() reads the token that a batch over the same tokens reads", async () => {
  const session = await open();
  const { prefixed } = openPartSlots(session);
  const tokens = [5, 9, 2];
  const program = compilePlan(planUpTo(3), 3);
  const slot = session.fork(prefixed);
  const last = await bareForced(session, { slot, program, fill: "none", tokens })();
  assertEquals(session.length(slot), PREFIX + 3);
  session.release(slot);
  const step = session.begin(rowsOf(prefixed, { from: PREFIX, tokens, phase: "draft" }));
  step.run({ from: 0, to: 3 }, "block");
  assertEquals(last, (await step.readToken(SHARED_READOUT)).tokens[2]);
  step.commit([]);
});

Deno.test("ForcedTimer gives each arm a fork of the prefix and its time per token", async () => {
  const session = await open();
  const { prefixed } = openPartSlots(session);
  const lengths: number[] = [];
  const arms = ["a", "b"].map((label) => ({
    label,
    prepare: (slot: number) => () => Promise.resolve(lengths.push(session.length(slot))),
  }));
  const timer = new ForcedTimer(session, arms, { prefixed, tokens: 4, seed: 1 });
  for (let visit = FIRST_FORCED; visit < 3; visit++) await timer.visit(visit);
  assertEquals(timer.timesMs.map((times) => times.length), [3, 3]);
  assertEquals(new Set(lengths), new Set([PREFIX]));
});
