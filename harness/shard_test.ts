import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { UsageError } from "./contract/errors.ts";
import { chooseShard, parseShard, shardText } from "./shard.ts";

const given = (variables: Readonly<Record<string, string>>) => (name: string) => variables[name];

Deno.test("parseShard() reads i/n and refuses the rest", () => {
  assertEquals(parseShard("2/8"), { index: 2, count: 8 });
  for (const text of ["0/4", "5/4", "1/0", "1", "a/b", "-1/3", "1/3/5", "1.5/2", ""]) {
    assertThrows(() => parseShard(text), UsageError, "expected i/n with 1 <= i <= n");
  }
});

Deno.test("shardText() names a part and the whole", () => {
  assertStrictEquals(shardText({ index: 2, count: 8 }), "shard 2/8");
  assertStrictEquals(shardText(undefined), "the whole run");
});

Deno.test("chooseShard() reads each scheduler's numbering", () => {
  const cases: readonly (readonly [Readonly<Record<string, string>>, number, number])[] = [
    [{ SLURM_ARRAY_TASK_ID: "0", SLURM_ARRAY_TASK_COUNT: "4", SLURM_ARRAY_TASK_MIN: "0" }, 1, 4],
    [{ SLURM_ARRAY_TASK_ID: "4", SLURM_ARRAY_TASK_COUNT: "4", SLURM_ARRAY_TASK_MIN: "1" }, 4, 4],
    [
      {
        SLURM_ARRAY_TASK_ID: "6",
        SLURM_ARRAY_TASK_COUNT: "4",
        SLURM_ARRAY_TASK_MIN: "0",
        SLURM_ARRAY_TASK_STEP: "2",
      },
      4,
      4,
    ],
    [{ JOB_COMPLETION_INDEX: "0", DEPTHBENCH_SHARDS: "3" }, 1, 3],
    [{ CI_NODE_INDEX: "2", CI_NODE_TOTAL: "2" }, 2, 2],
  ];
  for (const [variables, index, count] of cases) {
    const { shard, note } = chooseShard(undefined, given(variables));
    assertEquals(shard, { index, count });
    assertStrictEquals(note, `Runs shard ${index}/${count}, as ${Object.keys(variables)[0]} says`);
  }
});

Deno.test("chooseShard() runs the whole where nothing is said", () => {
  assertEquals(chooseShard(undefined, given({})), {});
  assertEquals(chooseShard(undefined, given({ CI_NODE_TOTAL: "1" })), {});
});

Deno.test("chooseShard() lets the flag win and says so", () => {
  const slurm = { SLURM_ARRAY_TASK_ID: "0", SLURM_ARRAY_TASK_COUNT: "4" };
  assertEquals(chooseShard("2/8", given(slurm)), {
    shard: { index: 2, count: 8 },
    note: "Runs shard 2/8, as --shard says; the scheduler's variables are not read",
  });
  assertEquals(chooseShard("2/8", given({})).note, undefined);
  // Variables that alone would be refused do not get in the flag's way.
  assertEquals(chooseShard("1/2", given({ JOB_COMPLETION_INDEX: "x" })).shard?.index, 1);
});

Deno.test("chooseShard() refuses half of a statement, gaps, and schedulers that disagree", () => {
  const cases: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ JOB_COMPLETION_INDEX: "3" }, "JOB_COMPLETION_INDEX is set but DEPTHBENCH_SHARDS is not"],
    [{ CI_NODE_INDEX: "3" }, "CI_NODE_TOTAL is not"],
    [{ SLURM_ARRAY_TASK_ID: "3" }, "SLURM_ARRAY_TASK_COUNT is not"],
    [{ SLURM_ARRAY_TASK_ID: "x", SLURM_ARRAY_TASK_COUNT: "3" }, "expected a whole number"],
    [
      { SLURM_ARRAY_TASK_ID: "9", SLURM_ARRAY_TASK_COUNT: "3", SLURM_ARRAY_TASK_MIN: "1" },
      "number the tasks without gaps",
    ],
    [
      { SLURM_ARRAY_TASK_ID: "4", SLURM_ARRAY_TASK_COUNT: "3", SLURM_ARRAY_TASK_STEP: "3" },
      "number the tasks without gaps",
    ],
    [
      {
        CI_NODE_INDEX: "1",
        CI_NODE_TOTAL: "2",
        JOB_COMPLETION_INDEX: "1",
        DEPTHBENCH_SHARDS: "2",
      },
      "JOB_COMPLETION_INDEX says shard 2/2 and CI_NODE_INDEX shard 1/2: pass --shard i/n",
    ],
  ];
  for (const [variables, sentence] of cases) {
    assertThrows(() => chooseShard(undefined, given(variables)), UsageError, sentence);
  }
});
