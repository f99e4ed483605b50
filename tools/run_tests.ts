/**
 * `deno task test [path…]`: every test with the least permissions, then a total.
 *
 * Runs `deno test` twice: with permission set `test` over all test files, then
 * with `test_system` over `*_system_test.ts` (browsers, packaging, downloads).
 * Paths restrict both runs to the test files below them. The last line on
 * stdout is `N passed, N failed`, summed over both; steps are not counted.
 *
 * An ignored test must say in its name what it lacks, `… [needs chromium]`.
 * With `CI=true` an ignored test fails the run unless {@linkcode CI_MAY_LACK}
 * lists what it lacks.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { unescape } from "@std/html";

/** What a test may lack (`[needs …]`) on the CI machine without failing the run. */
export const CI_MAY_LACK: readonly string[] = [];

/** Folders without tests of ours. */
const SKIPPED_FOLDERS = /^(?:\..*|node_modules|out|target|golden|testdata)$/;

/** One test of a JUnit file. */
export interface TestOutcome {
  /** The test's name. */
  readonly name: string;
  /** How it ended. */
  readonly outcome: "passed" | "failed" | "ignored";
}

/** Counts over all runs. */
export interface Tally {
  /** Tests that passed. */
  readonly passed: number;
  /** Tests that failed, ignored ones that should have run included. */
  readonly failed: number;
  /** What to tell about ignored tests, one line each. */
  readonly notes: readonly string[];
}

/** Reads the tests, without their steps, from the JUnit XML that `deno test` writes. */
export function readJunit(xml: string): readonly TestOutcome[] {
  const outcomes: TestOutcome[] = [];
  for (const [, suite] of xml.matchAll(/<testsuite ([\s\S]*?)<\/testsuite>/g)) {
    const cases = [...suite!.matchAll(/<testcase name="([^"]*)"[^>]*>([\s\S]*?)<\/testcase>/g)];
    const names = new Set(cases.map(([, name]) => name!));
    for (const [, name, body] of cases) {
      if (isStep(name!, names)) continue;
      const outcome = /<(?:failure|error)\b/.test(body!)
        ? "failed"
        : /<skipped\b/.test(body!)
        ? "ignored"
        : "passed";
      outcomes.push({ name: unescape(name!), outcome });
    }
  }
  return outcomes;
}

/** A step is named `test > step`, and its test is in the same suite. */
function isStep(name: string, names: ReadonlySet<string>): boolean {
  for (let end = name.indexOf(" &gt; "); end >= 0; end = name.indexOf(" &gt; ", end + 1)) {
    if (names.has(name.slice(0, end))) return true;
  }
  return false;
}

/** Counts outcomes. `exitCodes` are those of the runs: a run that died counts as one failure. */
export function tally(
  runs: readonly { readonly outcomes: readonly TestOutcome[]; readonly exitCode: number }[],
  options: { readonly ci: boolean; readonly mayLack: readonly string[] },
): Tally {
  let passed = 0;
  let failed = 0;
  const notes: string[] = [];
  for (const { outcomes, exitCode } of runs) {
    const failures = outcomes.filter((each) => each.outcome === "failed").length;
    passed += outcomes.filter((each) => each.outcome === "passed").length;
    failed += failures === 0 && exitCode !== 0 ? 1 : failures;
    for (const { name } of outcomes.filter((each) => each.outcome === "ignored")) {
      const lacks = /\[needs ([^\]]+)\]/.exec(name)?.[1];
      const fails = lacks === undefined || (options.ci && !options.mayLack.includes(lacks));
      if (fails) failed++;
      const reason = lacks === undefined
        ? 'no reason: name it "… [needs <what>]"'
        : `needs ${lacks}`;
      notes.push(`${fails ? "failed, because ignored" : "ignored"}: ${name} (${reason})`);
    }
  }
  return { passed, failed, notes };
}

/** Test files below a folder, sorted, as paths from the repository root. */
function* testFiles(folder: string): Generator<string> {
  const entries = [...Deno.readDirSync(folder || ".")]
    .sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory } of entries) {
    if (isDirectory) {
      if (!SKIPPED_FOLDERS.test(name)) yield* testFiles(`${folder}${name}/`);
    } else if (name.endsWith("_test.ts")) yield folder + name;
  }
}

/** Runs the files with a permission set and reads what came of them. */
async function run(set: string, files: readonly string[]) {
  if (files.length === 0) return { outcomes: [], exitCode: 0 };
  console.log(`\n${files.length} test files with permission set "${set}"`);
  const junit = `.tmp/junit_${set}.xml`;
  await Deno.remove(junit).catch(() => {});
  const binary = Deno.execPath();
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const folder = binary.replace(/[\\/][^\\/]*$/, "");
  const { code } = await new Deno.Command(binary, {
    args: ["test", "--no-prompt", `-P=${set}`, `--junit-path=${junit}`, ...files],
    // The permission sets name `deno`: let it be this very binary.
    env: {
      PATH: `${folder}${separator}${Deno.env.get("PATH") ?? ""}`,
      DENO_NO_UPDATE_CHECK: "1",
    },
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  const xml = await Deno.readTextFile(junit).catch(() => "");
  return { outcomes: readJunit(xml), exitCode: code };
}

if (import.meta.main) {
  const wanted = Deno.args.map((path) => path.replace(/^\.\//, ""));
  const files = [...testFiles("")]
    .filter((file) => wanted.length === 0 || wanted.some((path) => file.startsWith(path)));
  if (files.length === 0) {
    console.error(`Cannot run tests: no "*_test.ts" below ${wanted.join(", ")}`);
    Deno.exit(64);
  }
  await Deno.mkdir(".tmp", { recursive: true });
  const system = files.filter((file) => file.endsWith("_system_test.ts"));
  const runs = [
    await run("test", files.filter((file) => !system.includes(file))),
    await run("test_system", system),
  ];
  const ci = Deno.env.get("CI") === "true";
  const { passed, failed, notes } = tally(runs, { ci, mayLack: CI_MAY_LACK });
  for (const note of notes) console.log(note);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || runs.some((each) => each.exitCode !== 0)) Deno.exit(1);
}
