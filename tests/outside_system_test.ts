/** `deno task depthbench` from a directory outside the clone, through the launcher. */
import { assert, assertStrictEquals, assertStringIncludes } from "@std/assert";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);

async function outcomeOf(
  command: string,
  options: { readonly args: readonly string[]; readonly cwd?: string },
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...options.args],
    // A task started by a task keeps the outer one's INIT_CWD, as this test's own would be.
    ...(options.cwd === undefined ? {} : { cwd: options.cwd, env: { INIT_CWD: options.cwd } }),
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test({
  name: "the task depthbench runs, checks and reports on files outside the clone",
  ignore: Deno.build.os === "windows", // mktemp and cp [needs a Unix shell]
  async fn() {
    const made = await outcomeOf("mktemp", { args: ["-d", "-p", "/tmp"] });
    const folder = made.out.trim();
    try {
      await outcomeOf("cp", {
        args: [`${ROOT}examples/own_policy/entropy_exit.ts`, `${folder}/my_policy.ts`],
      });
      const depthbench = (...args: readonly string[]) =>
        outcomeOf("deno", {
          args: ["task", "-q", "--config", `${ROOT}deno.json`, "depthbench", ...args],
          cwd: folder,
        });
      const checked = await depthbench("check", "./my_policy.ts");
      assertStrictEquals(checked.code, 0, checked.err);
      assertStringIncludes(checked.err, `May read ${folder}`);

      const ran = await depthbench(
        ...["run", "--policies", "./my_policy.ts(at=[1,2])", "--suite", "copy", "--limit", "2"],
        ...["--passes", "free,lockstep", "--model", "synthetic", "--out", "mine"],
      );
      assertStrictEquals(ran.code, 0, ran.err);
      assertStringIncludes(ran.err, `May read and write ${folder}/mine`);
      const listed = await outcomeOf("ls", { args: [`${folder}/mine`] });
      assert(listed.out.includes("report.html"));

      const report = await depthbench("report", "mine", "--format", "markdown", "--out", "r.md");
      assertStrictEquals(report.code, 0, report.err);
      const refused = await depthbench("generate", "--prompt", "x", "--model", "./none.gguf");
      assertStrictEquals(refused.code, 3);
    } finally {
      await outcomeOf("rm", { args: ["-r", folder] });
    }
  },
});
