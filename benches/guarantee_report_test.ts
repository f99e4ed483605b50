import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createRandom } from "../harness/numerics/random.ts";
import { guaranteeCase, guaranteeReport } from "./guarantee_report.ts";

Deno.test("guaranteeCase() and guaranteeReport() tell a promise that holds from one that does not", () => {
  const random = createRandom(4);
  const hardness = Array.from({ length: 300 }, () => random.uniform());
  const table = {
    values: [0.9, 0.6],
    losses: [0.02, 0.11].map((expected) => hardness.map((it) => it < expected ? 1 : 0)),
  };
  const what = { policy: "calm", risk: "consistency", basis: "lockstep" } as const;
  const found = guaranteeCase(table, { what, delta: 0.1, splits: 200 });
  assert(!found.contradicts && found.naive.onTest.low > 0.05);
  assertEquals(found.prompts, 300);
  const text = guaranteeReport([found], {
    model: "tiny, sha256:0",
    suites: ["copy"],
    limit: 300,
    splits: 200,
    notTested: ["calm, task: nothing to lose"],
    machine: {
      environment: {
        cpu: "a",
        cores: 1,
        memoryBytes: 1,
        os: "b",
        runtime: "c",
        clockStepMs: 1,
        clockCostMs: 1,
      },
      cpuFlags: "unknown",
      commit: "none",
    },
  });
  assertStringIncludes(text, "in at most 0.05 of the splits in 1 of 1 cases");
  assertStringIncludes(text, "| calm, consistency (lockstep) |");
  assertStringIncludes(text, "Not tested: calm, task: nothing to lose.");
});
