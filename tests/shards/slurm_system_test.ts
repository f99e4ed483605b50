/** The recipe for Slurm, on a real cluster of one host. */
import { assertEquals, assertStrictEquals } from "@std/assert";
import { SqliteStore } from "../../cli/sqlite_store.ts";
import { ROOT, withFolder } from "../store/_folder.ts";
import { slurmMissing, startSlurm } from "./slurm.ts";

const missing = slurmMissing();
const TASKS = 3;

const RUN = [
  "--no-control",
  "--model",
  "synthetic(layers=3,width=16,heads=2,kvHeads=1,ffn=16)",
  "--backend",
  "cpu",
  "--suite",
  "copy,recall",
  "--limit",
  "4",
  "--policies",
  "fixed_exit(exit=2)",
  "--passes",
  "free,lockstep",
];

async function output(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: ROOT,
    env,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  assertStrictEquals(code, 0, `${program}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout).trim();
}

Deno.test({
  name: `a Slurm array runs all shards of a run, and its merge equals the whole${
    missing === undefined ? "" : ` [needs ${missing}]`
  }`,
  ignore: missing !== undefined,
  async fn() {
    await withFolder(async (folder) => {
      const cluster = await startSlurm(folder);
      try {
        const log = `--output=${folder}/task-%a.log`;
        const recipe = [`--array=0-${TASKS - 1}`, "--cpus-per-task=1", log];
        await output("sbatch", [
          "--wait",
          ...recipe,
          `${ROOT}docs/recipes/slurm_array.sh`,
          ...RUN,
          "--out",
          `${folder}/array`,
        ], cluster.env).catch(async (error) => {
          for (const file of ["task-0.log", "slurmctld.log", "slurmd.log"]) {
            error.message += `\n${await Deno.readTextFile(`${folder}/${file}`).catch(() => "")}`;
          }
          throw error;
        });
        for (let task = 0; task < TASKS; task++) {
          const said = await Deno.readTextFile(`${folder}/task-${task}.log`);
          const wanted = `Runs shard ${task + 1}/${TASKS}, as SLURM_ARRAY_TASK_ID says`;
          assertStrictEquals(said.includes(wanted), true, said);
        }
        const depthbench = ["task", "-q", "depthbench"];
        await output("deno", [...depthbench, "merge", `${folder}/array`], cluster.env);
        await output(
          "deno",
          [...depthbench, "run", ...RUN, "--out", `${folder}/whole`],
          cluster.env,
        );
        const records = (name: string) =>
          new SqliteStore(`${folder}/${name}/records.sqlite`).read().records;
        assertEquals(records("array"), records("whole"));
      } finally {
        await cluster.stop();
      }
    });
  },
});
