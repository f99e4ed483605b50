import { assertEquals, assertFalse } from "@std/assert";
import type { Arm, RunRecord } from "../contract/record.ts";
import { arm, free, storedRun, suite } from "./_test_run.ts";
import { summarize } from "./mod.ts";

const deployable = arm("exit", { scope: "run" });
const bound: Arm = {
  ...arm("oracle", { scope: "token" }),
  card: { ...deployable.card, deployable: false },
};

/** Both save half of the blocks or more and lose nothing; the bound saves most. */
function run(arms: readonly Arm[]) {
  const records: RunRecord[] = [];
  for (let i = 0; i < 12; i++) {
    for (const { label } of arms) {
      const blocks = label === "full_depth" ? 30 : label === "exit" ? 15 : 3;
      const heights = [30, blocks, blocks];
      records.push(free(label, `i${i}`, { heights, score: 1, cost: { blocks } }));
    }
  }
  return summarize(storedRun({ arms, suites: [suite("copy")], records }), { resamples: 199 });
}

const baseline = arm("full_depth", { role: "baseline", scope: "run" });

Deno.test("summarize() takes no upper bound for an answer, and says what one is", () => {
  const { answer, pareto, methods } = run([baseline, deployable, bound]);
  assertFalse(answer.join().includes("oracle"), answer.join());
  assertEquals(
    pareto!.points.map(({ label, onFront, upperBound }) => [label, onFront, upperBound]),
    [["full_depth", false, undefined], ["exit", true, undefined], ["oracle", false, true]],
  );
  assertEquals(methods.filter(({ term }) => term === "upper bound").length, 1);
  assertEquals(
    run([baseline, deployable]).methods.some(({ term }) => term === "upper bound"),
    false,
  );
});

Deno.test("summarize() of upper bounds alone says that nothing can be deployed", () => {
  const { answer } = run([baseline, bound]);
  assertEquals(answer, ["Only upper bounds ran: no policy that could be deployed."]);
});
