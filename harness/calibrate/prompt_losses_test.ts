import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { InputError } from "../contract/errors.ts";
import type { RunRecord } from "../contract/record.ts";
import { consistencyLoss, recordedLosses, replayedLosses, taskLoss } from "./prompt_losses.ts";

/** Fields that losses read; the rest of a record does not matter here. */
function record(fields: Record<string, unknown>): RunRecord {
  return { suite: "copy", group: fields.item, outcome: "ok", ...fields } as unknown as RunRecord;
}

Deno.test("consistencyLoss() is the share of flips, taskLoss() what full depth scores more", () => {
  assertStrictEquals(consistencyLoss({ flips: [0, 1, 0, 0] }), 0.25);
  assertStrictEquals(taskLoss({ score: 1 }, { score: 0.25 }), 0.75);
  assertStrictEquals(taskLoss({ score: 0.25 }, { score: 1 }), 0);
  assertStrictEquals(taskLoss({ score: 1 }, {}), NaN);
});

Deno.test("recordedLosses() averages items of one document and leaves out what no arm can run", () => {
  const lockstep = (arm: string, item: string, fields: Record<string, unknown>) =>
    record({ pass: "lockstep", arm, item, ...fields });
  const records = [
    lockstep("full", "a", { group: "d", flips: [0, 0] }),
    lockstep("full", "b", { group: "d", flips: [0, 0] }),
    lockstep("full", "c", { flips: [0, 0] }),
    lockstep("full", "e", { outcome: "skipped", reason: "too long" }),
    lockstep("calm", "a", { group: "d", flips: [1, 1] }),
    lockstep("calm", "b", { group: "d", flips: [0, 1] }),
    lockstep("calm", "c", { flips: [0, 0] }),
    lockstep("calm", "e", { outcome: "skipped", reason: "too long" }),
  ];
  assertEquals(
    recordedLosses(records, { label: "calm", baseline: "full", risk: "consistency" }),
    { prompts: ["copy/d", "copy/c"], losses: [0.75, 0], items: ["a", "b", "c"], leftOut: 1 },
  );
});

Deno.test("recordedLosses() never leaves out what a policy fails at", () => {
  const free = (arm: string, fields: Record<string, unknown> = {}) =>
    record({ pass: "free", arm, item: "a", score: 1, ...fields });
  const ask = (policy: RunRecord) =>
    recordedLosses([free("full"), policy], { label: "calm", baseline: "full", risk: "task" });
  assertEquals(ask(free("calm", { score: 0 })).losses, [1]);
  const failed = free("calm", { outcome: "failed", message: "no more" });
  assertThrows(() => ask(failed), InputError, "no more");
  const skipped = free("calm", { outcome: "skipped", reason: "no fill" });
  assertThrows(() => ask(skipped), InputError, "no fill");
  assertThrows(() => ask(free("other")), InputError, "it was not run");
  const onlyPolicy = [
    free("full", { outcome: "skipped", reason: "too long" }),
    free("calm"),
  ];
  assertThrows(
    () => recordedLosses(onlyPolicy, { label: "calm", baseline: "full", risk: "task" }),
    InputError,
    "too long",
  );
  assertThrows(() => ask(free("calm", { score: undefined })), InputError, "scores generations");
});

Deno.test("recordedLosses() refuses a suite on which nothing can be lost", () => {
  const free = (arm: string, item: string, suite: string, score: number) =>
    record({ pass: "free", arm, item, suite, score });
  const records = [free("full", "a", "copy", 1), free("full", "b", "recall", 0)]
    .flatMap((full) => [full, free("calm", full.item, full.suite, 0)]);
  assertThrows(
    () => recordedLosses(records, { label: "calm", baseline: "full", risk: "task" }),
    InputError,
    'on suite "recall": expected full depth to score above 0',
  );
});

Deno.test("replayedLosses() is one minus the share that agrees", () => {
  const limits = { maxTokens: 4, context: 64 };
  const item = (id: string, from: number, to: number) => ({
    item: id,
    suite: "copy",
    group: id,
    promptTokens: 2,
    limits,
    from,
    to,
  });
  const table = { items: [item("a", 0, 4), item("b", 4, 6)], untraced: [] };
  assertEquals(replayedLosses(table, [{ agreed: 3 }, { agreed: 2 }]).losses, [0.25, 0]);
  const broken = {
    ...table,
    untraced: [{ item: "c", suite: "copy", group: "c", outcome: "failed", reason: "NaN" } as const],
  };
  assertThrows(() => replayedLosses(broken, [{ agreed: 3 }, { agreed: 2 }]), InputError, "NaN");
});
