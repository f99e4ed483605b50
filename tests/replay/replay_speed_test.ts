/** A coarse bound on replay: the bench measures, this catches a way that became slow. */
import { assert } from "@std/assert";
import { testTable } from "../../harness/replay/_test_table.ts";
import { Replayer } from "../../harness/replay/replayer.ts";
import { calm } from "../../policies/mod.ts";
import { marginExit } from "../decode/_policies.ts";
import { settingOf } from "./_fixture.ts";

/** Ten times what the demand allows for this share of it. */
const LIMIT_MS = 10_000;

Deno.test("a tenth of the demanded settings over 10,000 tokens × 30 heights ends in 10 s", () => {
  const replayer = new Replayer(testTable({
    items: 100,
    length: 100,
    layerCount: 31,
    heights: Array.from({ length: 30 }, (_, i) => i + 1),
  }));
  const start = performance.now();
  for (let i = 0; i < 1000; i++) {
    const threshold = (i + 0.5) / 1000;
    replayer.point(settingOf(calm, { input: { threshold }, fill: "project" }));
  }
  for (let i = 0; i < 10; i++) {
    replayer.point(settingOf(marginExit((i + 0.5) / 10), { fill: "project" }));
  }
  const elapsed = performance.now() - start;
  assert(elapsed < LIMIT_MS, `took ${Math.round(elapsed)} ms`);
});
