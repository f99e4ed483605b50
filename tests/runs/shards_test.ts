/**
 * Merged shards equal the unsharded run: in every column but clock readings, and
 * byte for byte with a recorded clock; refusals come as one sentence.
 *
 * @module
 */
import { assert, assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { SqliteStore } from "../../cli/sqlite_store.ts";
import { mergeShards } from "../../cli/merge_shards.ts";
import type { RunRecord, StoredRun } from "../../harness/contract/record.ts";
import { armOf } from "../../harness/arm_request.ts";
import { memoryStore } from "../../harness/memory_store.ts";
import { runPlan } from "../../harness/runner.ts";
import { shardPlan } from "../../harness/shard_plan.ts";
import { fixedExit, fullDepth } from "../../policies/mod.ts";
import { depthbench, withFolder } from "../store/_folder.ts";
import { smallPlan } from "./_fixture.ts";
import { tiring } from "./_tiring.ts";

const COUNT = 3;

const RUN = [
  "run",
  "--no-control",
  "--model",
  "synthetic(layers=3,width=16,heads=2,kvHeads=1,ffn=16)",
  "--backend",
  "cpu",
  "--suite",
  "copy,recall",
  "--limit",
  "5",
  "--repetitions",
  "2",
  "--policies",
  "fixed_exit(exit=2), calm(threshold=0.2), layer_skip(exit=1)",
];

/** Without what the clock said. */
function unclocked(run: StoredRun): unknown {
  const { started: _, environment, ...manifest } = run.manifest;
  const { loadAverage: _load, clockStepMs: _step, clockCostMs: _cost, ...machine } = environment;
  return {
    manifest: { ...manifest, environment: machine },
    items: run.items,
    records: run.records.map(withoutTimes),
  };
}

function withoutTimes(record: RunRecord): unknown {
  return Object.fromEntries(
    Object.entries(record).filter(([name]) => !/Ms$/.test(name) && name !== "parts"),
  );
}

Deno.test("depthbench merge makes of three shards what one process makes", async () => {
  await withFolder(async (folder) => {
    const whole = await depthbench(folder, [...RUN, "--out", "w", "--record-clock", "clock.json"]);
    assertStrictEquals(whole.code, 0, whole.err);
    const early = await depthbench(folder, ["merge", "s"]);
    assertStrictEquals(early.code, 3);
    assertStringIncludes(early.err, 'cannot read "s": no such folder');

    const variables = [
      { SLURM_ARRAY_TASK_ID: "7", SLURM_ARRAY_TASK_COUNT: "3", SLURM_ARRAY_TASK_MIN: "7" },
      { JOB_COMPLETION_INDEX: "1", DEPTHBENCH_SHARDS: "3" },
      { CI_NODE_INDEX: "3", CI_NODE_TOTAL: "3" },
    ];
    for (const [i, env] of variables.entries()) {
      const args = [...RUN, "--out", "s", "--recorded-clock", "clock.json"];
      const one = await depthbench(folder, args, env);
      assertStrictEquals(one.code, 0, one.err);
      assertStringIncludes(one.err, `Runs shard ${i + 1}/${COUNT}, as ${Object.keys(env)[0]} says`);
      assertStringIncludes(one.err, 'when all 3 are, "depthbench merge s" makes the run of them');
      if (i === 1) {
        const two = await depthbench(folder, ["merge", "s"]);
        assertStrictEquals(two.code, 3);
        assertStringIncludes(two.err, "expected all 3 shards: 1 are missing: 3");
      }
    }
    const merged = await depthbench(folder, ["merge", "s"]);
    assertStrictEquals(merged.code, 0, merged.err);

    // Byte for byte against one process that was fed the same clock.
    const replayed = await depthbench(folder, [
      ...RUN,
      "--out",
      "r",
      "--recorded-clock",
      "clock.json",
    ]);
    assertStrictEquals(replayed.code, 0, replayed.err);
    assertStrictEquals(merged.out, replayed.out);
    for (const name of ["summary.json", "report.html", "report.md"]) {
      assertStrictEquals(
        await Deno.readTextFile(`${folder}/s/${name}`),
        await Deno.readTextFile(`${folder}/r/${name}`),
      );
    }
    const read = (name: string) => new SqliteStore(`${folder}/${name}/records.sqlite`).read();
    assertEquals(read("s"), read("r"));
    // And in all but the clock's readings against the run that was not fed.
    assertEquals(unclocked(read("s")), unclocked(read("w")));
    assert(JSON.stringify(read("s").records) === JSON.stringify(read("r").records));

    // The flag wins, another plan is refused, and so is a report on a part.
    const flag = await depthbench(folder, [...RUN, "--out", "f", "--shard", "2/3"], variables[0]);
    assertStringIncludes(flag.err, "Runs shard 2/3, as --shard says");
    await depthbench(folder, [...RUN, "--seed", "1", "--out", "f", "--shard", "1/3"]);
    await depthbench(folder, [...RUN, "--out", "f", "--shard", "3/3"]);
    const mixed = await depthbench(folder, ["merge", "f"]);
    assertStrictEquals(mixed.code, 3);
    assertStringIncludes(mixed.err, 'shard-2-of-3.sqlite" is no part of the run of');
    const report = await depthbench(folder, [...RUN, "--shard", "1/3", "--json"]);
    assertStrictEquals(report.code, 64);
    const bad = await depthbench(folder, [...RUN, "--shard", "4/3"]);
    assertStrictEquals(bad.code, 64);
    assertStringIncludes(bad.err, 'current value is "4/3"');
  });
});

Deno.test("shardPlan() leaves a stream of items whole and gives every cell to one shard", async () => {
  const arms = [
    armOf(fullDepth),
    armOf(fixedExit, { options: { exit: 2 } }),
    armOf(tiring("stream")),
  ] as const;
  const plan = await smallPlan({ arms, passes: ["free", "lockstep", "timed"] });
  try {
    const whole = memoryStore();
    await runPlan(plan, { store: whole });
    const shards = [];
    for (let index = 1; index <= COUNT; index++) {
      const part = shardPlan(plan, { index, count: COUNT });
      const store = memoryStore();
      await runPlan(part, { store });
      const run = await store.read();
      assertStrictEquals(run.records.length, part.cells);
      shards.push({ path: String(index), run, planned: part.planned ?? [] });
    }
    const merged = mergeShards(shards);
    assertStrictEquals(merged.records.length, plan.cells);
    const { records } = await whole.read();
    const sorted = records.toSorted((a, b) => a.cell < b.cell ? -1 : 1);
    assertEquals(merged.records.map(withoutTimes), sorted.map(withoutTimes));
  } finally {
    plan.close();
  }
});
