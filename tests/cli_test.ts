/** The command line as a process: exit codes, one sentence, nothing half-written, resumption. */
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { SqliteStore } from "../cli/sqlite_store.ts";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);
const TMP = `${ROOT}.tmp`;
const SMALL = "synthetic(layers=3,width=16,heads=2,kvHeads=1,ffn=16)";

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function denoArguments(folder: string, args: readonly string[]): string[] {
  return [
    "run",
    "--no-prompt",
    "--cached-only",
    `--config=${ROOT}deno.json`,
    `--allow-read=${ROOT}`,
    `--allow-write=${folder}`,
    "--allow-sys=cpus,osRelease,loadavg,systemMemoryInfo",
    "--allow-env=CI,NO_COLOR",
    `${ROOT}main.ts`,
    ...args,
  ];
}

async function depthbench(folder: string, ...args: readonly string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: denoArguments(folder, args),
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  await Deno.mkdir(TMP, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: TMP });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function names(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Records stored so far; 0 while there is no run to read. */
function recordCount(path: string): number {
  try {
    return new SqliteStore(path).read().records.length;
  } catch {
    return 0;
  }
}

const RUN = ["run", "--model", SMALL, "--suite", "copy", "--limit", "2", "--repetitions", "2"];

Deno.test("depthbench refuses bad input with one sentence, its exit code, and no file", async () => {
  await withFolder(async (folder) => {
    const tiny = await Deno.readFile(`${ROOT}models/embedded/tiny.gguf`);
    await Deno.writeFile(`${folder}/cut.gguf`, tiny.subarray(0, 50_000));
    await Deno.writeTextFile(`${folder}/text.gguf`, "no model");
    await Deno.writeTextFile(`${folder}/broken.json`, "{");
    await Deno.writeTextFile(`${folder}/wrong.json`, '{ "modle": "tiny" }');
    const before = names(folder);
    const long = "a ".repeat(2000);
    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [["rnu"], 64, 'Cannot find command "rnu": did you mean "run"?'],
      [[...RUN, "--polices", "calm"], 64, 'did you mean "--policies"?'],
      [[...RUN, "--policies", "clam"], 64, 'Cannot find policy "clam": did you mean "calm"?'],
      [[...RUN, "--policies", "calm(threshold=1.4)"], 64, "current value is 1.4"],
      [[...RUN, "--policies", "calm(threshold=0.9"], 64, "at character 19"],
      [[...RUN, "--policies", "fixed_exit(exit=9)"], 64, "from 1 to 3"],
      [[...RUN, "--policies", "calm + calm"], 64, 'expected a policy of the readout behind "+"'],
      [[...RUN, "--policies", "full_depth + vocabulary_pruning"], 64, "reads none"],
      [[...RUN, "--policies", "calm + vocabulary_pruning(k=999)"], 64, "must be <= 300"],
      [[...RUN, "--policies", "vocabulary_pruning(k=8)"], 64, "alone"],
      [[...RUN, "--policies", "./none.ts"], 3, 'Cannot load policy "./none.ts"'],
      [[...RUN, "--backend", "gpu"], 64, 'Cannot find backend "gpu"'],
      [[...RUN, "--size", "huge"], 64, 'field "size" of flags'],
      [[...RUN, "--threads", "65"], 64, 'field "threads" of flags'],
      [[...RUN, "--backend", "cpu", "--threads", "2"], 3, 'Cannot open backend "cpu" with 2'],
      [["run", "--suite", "cpoy"], 64, 'Cannot find suite "cpoy": did you mean "copy"?'],
      [["run", "--model", "smolm2"], 64, 'did you mean "smollm2"?'],
      [["run", "--model", "./none.gguf"], 3, "there is none of that name"],
      [["run", "--model", "./cut.gguf"], 3, "Cannot read model: field"],
      [["run", "--model", "./text.gguf"], 3, "expected a GGUF file"],
      [["run", "--spec", "none.json"], 3, "there is no such file"],
      [["run", "--spec", "broken.json"], 3, 'Cannot read run spec "broken.json"'],
      [["run", "--spec", "wrong.json"], 64, "modle"],
      [["generate", "--model", SMALL, "--prompt", long], 3, "the context of model"],
      [["compare", "a", "b"], 3, 'Cannot read records "a/records.sqlite"'],
      [["report", "."], 3, "no such file"],
      [["list", "polices"], 64, 'did you mean "policies"?'],
      [["check", "./none.ts"], 3, "there is no such file"],
    ];
    for (const [args, code, sentence] of cases) {
      const outcome = await depthbench(folder, ...args);
      const what = `${args.join(" ").slice(0, 120)}\n${outcome.err}`;
      assertStrictEquals(outcome.code, code, what);
      const lines = outcome.err.trimEnd().split("\n");
      assertStrictEquals(lines.length, 1, what);
      assertStringIncludes(lines[0]!, sentence, what);
      assert(!lines[0]!.endsWith(".") && !outcome.err.includes("    at "), what);
      assertEquals(names(folder), before, what);
    }
  });
});

Deno.test("depthbench run takes exactness into the run's identity, threads into its features", async () => {
  await withFolder(async (folder) => {
    const manifest = async (out: string, ...flags: readonly string[]) => {
      const done = await depthbench(folder, ...RUN, "--passes", "free", "--out", out, ...flags);
      assertStrictEquals(done.code, 0, done.err);
      return new SqliteStore(`${folder}/${out}/records.sqlite`).read();
    };
    const plain = await manifest("plain");
    const two = await manifest("two", "--threads", "2");
    const exact = await manifest("exact", "--exact");
    const { features } = two.manifest.backend;
    assert(features.includes("2 threads") && features.includes("int8 activations"), `${features}`);
    assert(exact.manifest.backend.features.includes("f32 activations"));
    assertStrictEquals(two.manifest.digest, plain.manifest.digest);
    assertEquals(two.records, plain.records);
    assertNotEquals(exact.manifest.digest, plain.manifest.digest);
    assertNotEquals(exact.records[0]?.cell, plain.records[0]?.cell);
  });
});

Deno.test("depthbench run writes records and reports, and resumes to the same records", async () => {
  await withFolder(async (folder) => {
    const args = [...RUN, "--policies", "fixed_exit(exit=2)", "--out", "o", "--report", "demo"];
    const first = await depthbench(folder, ...args);
    assertStrictEquals(first.code, 0, first.err);
    assertEquals(names(folder), ["demo.html", "demo.json", "demo.md", "o"]);
    const files = ["records.sqlite", "report.html", "report.md", "summary.json"];
    assertEquals(names(`${folder}/o`), files);
    for (const name of files) assert(Deno.statSync(`${folder}/o/${name}`).size > 0, name);
    assertStringIncludes(first.out, "fixed_exit(exit=2)");

    const summary = await Deno.readTextFile(`${folder}/o/summary.json`);
    assertStrictEquals((await depthbench(folder, ...args)).code, 0);
    assertStrictEquals(await Deno.readTextFile(`${folder}/o/summary.json`), summary);
    assertStrictEquals((await depthbench(folder, "report", "o")).code, 0);
    assertStrictEquals(await Deno.readTextFile(`${folder}/o/summary.json`), summary);

    const twice = await depthbench(folder, "report", "o", "o");
    assertStrictEquals(twice.code, 3);
    assertStringIncludes(
      twice.err,
      "expected another model, another backend or other features of it",
    );
    const exact = [...RUN, "--policies", "fixed_exit(exit=2)", "--out", "e", "--exact"];
    assertStrictEquals((await depthbench(folder, ...exact)).code, 0);
    const beside = await depthbench(folder, "report", "o", "e", "--format", "html");
    assertStrictEquals(beside.code, 0, beside.err);
    assertStringIncludes(beside.out, '<table class="parity">');

    const other = await depthbench(folder, ...args, "--seed", "1");
    assertStrictEquals(other.code, 3);
    assertStringIncludes(other.err, 'Cannot resume "o/records.sqlite": it holds another run');
    const fresh = await depthbench(folder, ...args, "--seed", "1", "--fresh", "--json");
    assertStrictEquals(fresh.code, 0, fresh.err);
    assertStrictEquals(JSON.parse(fresh.out).summary.manifest.seed, 1);

    const same = await depthbench(folder, "compare", "o", "demo.json", "--json");
    const { numbers, timesNotComparable } = JSON.parse(same.out);
    assertEquals(timesNotComparable, []);
    assert(numbers.length > 0 && numbers.every((it: { difference: number }) => !it.difference));
  });
});

Deno.test("depthbench run records failures of a policy as rows and exits with 3", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/fails.ts`,
      `import { planUpTo } from "@depthbench/depthbench/contract";
      export default {
        name: "fails", family: "depth", scope: "token",
        card: { summary: "s", source: "none", acts: ["generation", "scoring"], lossless: false,
          training: "none", layers: "l", deviations: [] },
        options: {}, defaultFill: () => "project",
        plan: ({ model, emitted }) => {
          if (emitted > 1) throw new Error("no more\\nthan one");
          return planUpTo(model.layerCount);
        },
      };`,
    );
    const outcome = await depthbench(folder, ...RUN, "--policies", "./fails.ts", "--out", "o");
    assertStrictEquals(outcome.code, 3, outcome.err);
    assertStringIncludes(outcome.err, 'cells failed: the first is policy "fails"');
    assert(names(`${folder}/o`).includes("report.html"));
  });
});

Deno.test("depthbench run keeps what is done on Ctrl-C, says so, and resumes", async () => {
  await withFolder(async (folder) => {
    const args = [
      "run",
      "--model",
      "synthetic(layers=6,width=128)",
      "--suite",
      "copy,recall",
      "--backend",
      "cpu", // slow enough to be stopped in the middle
      "--limit",
      "16",
      "--policies",
      "fixed_exit(exit=2)",
      "--passes",
      "free,lockstep",
      "--out",
      "o",
    ];
    const child = new Deno.Command("deno", {
      args: denoArguments(folder, args),
      cwd: folder,
      stdout: "null",
      stderr: "piped",
    }).spawn();
    while (recordCount(`${folder}/o/records.sqlite`) < 4) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill("SIGINT");
    const { code, stderr } = await child.output();
    const err = new TextDecoder().decode(stderr);
    assertStrictEquals(code, 130, err);
    assert(/Stopped: \d+ of \d+ cells are in "o": the same command resumes/.test(err), err);
    assertEquals(names(`${folder}/o`), ["records.sqlite"]);
    assertStrictEquals((await depthbench(folder, ...args)).code, 0);

    const whole = await depthbench(folder, ...args.with(-1, "w"));
    assertStrictEquals(whole.code, 0);
    const strip = (text: string) =>
      text.replaceAll(/"(?:started|loadAverage|clock\w+)": [^\n]*/g, "");
    assertStrictEquals(
      strip(await Deno.readTextFile(`${folder}/o/summary.json`)),
      strip(await Deno.readTextFile(`${folder}/w/summary.json`)),
    );
  });
});

Deno.test("depthbench list, generate and doctor speak to machines", async () => {
  await withFolder(async (folder) => {
    const { policies } = JSON.parse((await depthbench(folder, "list", "policies", "--json")).out);
    assert(policies.some((policy: { name: string }) => policy.name === "calm"));
    const generated = await depthbench(
      folder,
      ...["generate", "--model", SMALL, "--prompt", "x", "--max-tokens", "5"],
      ...["--policy", "fixed_exit(exit=1)"],
    );
    assertStrictEquals(generated.code, 0, generated.err);
    assertStringIncludes(generated.err, "of 3 blocks per token");
    const doctor = await depthbench(folder, "doctor", "--json");
    const findings: readonly { subject: string; state: string }[] = JSON.parse(doctor.out);
    assertEquals(findings.find(({ subject }) => subject === "model")?.state, "ok");
  });
});
