import { assertEquals } from "@std/assert";
import { arm, free, lockstep, storedRun, suite } from "./_test_run.ts";
import { heightsOf } from "./heights.ts";
import { viewRun } from "./run_view.ts";

function view(records: Parameters<typeof storedRun>[0]["records"]) {
  const arms = [arm("full", { role: "baseline" }), arm("k")];
  return viewRun(storedRun({ arms, suites: [suite("copy"), suite("prose")], records }))
    .policies[0]!;
}

Deno.test("heightsOf() counts decoded tokens by height and leaves the first out", () => {
  const records = [
    free("k", "a", { tokens: [1, 2, 3, 4], heights: [30, 10, 20, 10] }),
    free("k", "b", { tokens: [1, 2], heights: [30, 30] }),
    lockstep("k", "c", { heights: [5, 5] }),
  ];
  const { heights, exitRate, actionRate } = heightsOf(view(records), 30)!;
  assertEquals([heights.length, heights[10], heights[20], heights[30], heights[5]], [
    31,
    2,
    1,
    1,
    0,
  ]);
  assertEquals([exitRate, actionRate], [0.75, 0.75]);
});

Deno.test("heightsOf() counts skipped blocks as acting without exit", () => {
  const record = { ...free("k", "a"), blocksRun: [30, 15, 30] };
  const { exitRate, actionRate } = heightsOf(view([record]), 30)!;
  assertEquals([exitRate, actionRate], [0, 0.5]);
});

Deno.test("heightsOf() takes given texts where nothing was generated, else nothing", () => {
  assertEquals(heightsOf(view([lockstep("k", "c", { heights: [30, 5] })]), 30)!.exitRate, 1);
  assertEquals(heightsOf(view([]), 30), undefined);
});
