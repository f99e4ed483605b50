/** A stored cell is a hit only when everything that determines it is the same. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { ArmRequest, RunRequest } from "../../harness/runner.ts";
import { planRun } from "../../harness/runner.ts";
import { armOf } from "../../harness/arm_request.ts";
import { cellsOf } from "../../harness/shard_plan.ts";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { fixedExit, fullDepth } from "../../policies/mod.ts";
import { copy, recall } from "../../suites/mod.ts";

const SHAPE = {
  layerCount: 3,
  dModel: 16,
  heads: 2,
  kvHeads: 1,
  headDim: 8,
  ffnSize: 16,
  vocabSize: 300,
  context: 128,
  tiedHead: true,
  seed: 1,
};
const ENVIRONMENT = {
  cpu: "any",
  cores: 1,
  memoryBytes: 0,
  os: "any",
  runtime: "any",
  clockStepMs: 0,
  clockCostMs: 0,
};
const SUITE = { plugin: copy, size: "smoke", split: "test", seed: 0, limit: 1 } as const;
const EXIT: ArmRequest = armOf(fixedExit, { options: { exit: 2 } });

function request(changes: Partial<RunRequest> = {}): RunRequest {
  const model = changes.model ?? syntheticModel(SHAPE);
  return {
    model,
    backend: cpuBackend,
    suites: [SUITE],
    arms: [armOf(fullDepth), EXIT],
    passes: ["free", "lockstep", "timed"],
    seed: 0,
    repetitions: 1,
    timedTokens: 4,
    maxTokens: 8,
    margin: 0.01,
    harness: "test",
    environment: ENVIRONMENT,
    encodePrompt: (prompt) => model.tokenizer.encode(prompt),
    ...changes,
  };
}

/** Cells and the digest of the run. */
async function planned(changes: Partial<RunRequest> = {}) {
  const plan = await planRun(request(changes));
  const cells = cellsOf(plan);
  plan.close();
  assertEquals(new Set(cells).size, plan.cells, "every cell has a digest of its own");
  return { cells: new Set(cells), run: plan.manifest.digest };
}

const full = armOf(fullDepth);
/** Changes, and the share of the cells that they touch: all, or those of one arm or pass. */
const CHANGES: readonly (readonly [string, Partial<RunRequest>, "all" | "some"])[] = [
  ["the weights", { model: syntheticModel({ ...SHAPE, seed: 2 }) }, "all"],
  ["the seed", { seed: 1 }, "all"],
  ["the harness", { harness: "other" }, "all"],
  ["exactness", { exact: true }, "all"],
  ["the items", { suites: [{ ...SUITE, seed: 1 }] }, "all"],
  ["the suite", { suites: [{ ...SUITE, plugin: recall }] }, "all"],
  ["the suite's version", { suites: [{ ...SUITE, plugin: { ...copy, version: 99 } }] }, "all"],
  ["the policy's code", { arms: [full, { ...EXIT, sourceDigest: "other" }] }, "some"],
  ["the policy's options", { arms: [full, armOf(fixedExit, { options: { exit: 1 } })] }, "some"],
  ["the fill", { arms: [full, { ...EXIT, fill: "hole" }] }, "some"],
  ["the length of answers", { maxTokens: 9 }, "some"],
  ["the length of visits", { timedTokens: 5 }, "some"],
];

Deno.test("cells and runs have other digests once anything that affects results differs", async () => {
  const base = await planned();
  assertEquals(await planned(), base);
  for (const [what, changes, touched] of CHANGES) {
    const other = await planned(changes);
    assertNotEquals(other.run, base.run, what);
    const kept = [...other.cells].filter((cell) => base.cells.has(cell)).length;
    assert(touched === "all" ? kept === 0 : kept < base.cells.size, `${what}: ${kept} cells hit`);
  }
});

Deno.test("what affects no result leaves digests as they are", async () => {
  const base = await planned();
  const environment = { ...ENVIRONMENT, cpu: "another", clockStepMs: 1 };
  assertEquals(await planned({ margin: 0.5, environment, threads: 1 }), base);
});
