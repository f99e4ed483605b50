import { assertAlmostEquals, assertEquals } from "@std/assert";
import { arm, free, ledger, MODEL, storedRun, suite, timed, type TokenCost } from "./_test_run.ts";
import { costOf } from "./cost.ts";
import { viewRun } from "./run_view.ts";

function costFor(cost: TokenCost) {
  const view = viewRun(storedRun({
    arms: [arm("full", { role: "baseline" }), arm("k")],
    suites: [suite("copy")],
    records: ["a", "b"].flatMap((item, i) => [
      free("full", item, { tokens: new Array(4 + i).fill(1) }),
      free("k", item, {
        tokens: new Array(3).fill(1),
        heights: [30, cost.blocks ?? 30, cost.blocks ?? 30],
        cost,
      }),
    ]),
  }));
  return costOf(view.policies[0]!, {
    baseline: view.baseline,
    model: MODEL,
    seed: 1,
    resamples: 99,
  })!;
}

Deno.test("costOf() gives the protocols' shares of SmolLM2 at 128 positions", () => {
  const exit = costFor({ blocks: 15 });
  assertAlmostEquals(exit.macs, 0.601911, 5e-7);
  assertAlmostEquals(costFor({ blocks: 15, projected: 15 }).macs, 0.625796, 5e-7);
  assertAlmostEquals(
    costFor({ blocks: 15, projected: 15, readouts: 15 }).macs,
    3.479299,
    5e-7,
  );
});

Deno.test("costOf() splits the multiply-accumulates without remainder", () => {
  const cost = costFor({ blocks: 15, projected: 15, readouts: 15 });
  const { blocks, readouts, probes, fills } = cost.macShares;
  assertAlmostEquals(blocks + readouts + probes + fills, cost.macs, 1e-12);
  assertAlmostEquals(readouts / cost.macs, 15 * 28_311_552 * 2 / 966_574_080, 1e-9);
  assertAlmostEquals(fills / cost.macs, 2 * 15 * 221_184 / 966_574_080, 1e-9);
  assertEquals(probes, 0);
  assertEquals([cost.readouts, cost.fills, cost.blocksRun.value], [15, 15, 15]);
  assertEquals(cost.kvWritten, 1);
});

Deno.test("costOf() of full depth is 1 and of nothing decoded undefined", () => {
  const same = costFor({});
  assertEquals([same.macs, same.weights, same.kvWritten], [1, 1, 1]);
  const view = viewRun(storedRun({
    arms: [arm("full", { role: "baseline" }), arm("k")],
    suites: [suite("copy")],
    records: [free("full", "a", { tokens: [1] }), free("k", "a", { tokens: [1] })],
  }));
  const request = { baseline: view.baseline, model: MODEL, seed: 1, resamples: 99 };
  assertEquals(costOf(view.policies[0]!, request), undefined);
});

Deno.test("costOf() counts the step that found the end of the answer", () => {
  const ended = (label: string) => ({
    ...free(label, "a", { tokens: [1, 2] }),
    ended: "eos" as const,
    decodeLedger: ledger(2),
  });
  const view = viewRun(storedRun({
    arms: [arm("full", { role: "baseline" }), arm("k")],
    suites: [suite("copy")],
    records: [ended("full"), ended("k")],
  }));
  const request = { baseline: view.baseline, model: MODEL, seed: 1, resamples: 99 };
  const { readouts, blocksRun } = costOf(view.policies[0]!, request)!;
  assertEquals([readouts, blocksRun.value], [1, 30]);
});

Deno.test("costOf() falls back to timed visits", () => {
  const view = viewRun(storedRun({
    arms: [arm("full", { role: "baseline" }), arm("k")],
    suites: [suite("copy")],
    records: [
      timed("full", "a", { decodeMs: 2 }),
      timed("k", "a", { decodeMs: 1, cost: { blocks: 15 } }),
    ],
  }));
  const request = { baseline: view.baseline, model: MODEL, seed: 1, resamples: 99 };
  const cost = costOf(view.policies[0]!, request)!;
  assertAlmostEquals(cost.macs, 0.601911, 5e-7);
  assertEquals(cost.blocksRun.value, 15);
});
