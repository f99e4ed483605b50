import { assertEquals } from "@std/assert";
import { inTurn, lookAtMs, looksDue, nextPrompt, nextRepetitions } from "./budget_schedule.ts";

const budget = { budgetMs: 100, looks: 4 };

Deno.test("looksDue() counts the parts of the budget that are spent", () => {
  const due = [0, 24.9, 25, 74, 99.9, 100, 500].map((elapsedMs) =>
    looksDue({ ...budget, elapsedMs })
  );
  assertEquals(due, [0, 0, 1, 2, 3, 4, 4]);
  assertEquals([1, 4].map((look) => lookAtMs(look, budget)), [25, 100]);
});

Deno.test("nextPrompt() takes the first of the least visited that is not out", () => {
  assertEquals(nextPrompt([2, 0, 0], () => false), 1);
  assertEquals(nextPrompt([2, 0, 0], (prompt) => prompt === 1), 2);
  assertEquals(nextPrompt([2, 2], () => false), 0);
  assertEquals(nextPrompt([1], () => true), undefined);
  assertEquals(nextPrompt([], () => false), undefined);
});

Deno.test("nextRepetitions() completes pairs", () => {
  assertEquals([0, 1, 4].map(nextRepetitions), [[0, 1], [1], [4, 5]]);
});

Deno.test("inTurn() takes one of each kind in turn, so that a short budget sees all", () => {
  assertEquals(inTurn(["a1", "a2", "a3", "b1", "c1", "c2"], (text) => text[0]), [
    "a1",
    "b1",
    "c1",
    "a2",
    "c2",
    "a3",
  ]);
});
