/** `calibrate` as a command, and what it freezes as a policy of other commands. */
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { readArguments } from "../../cli/arguments.ts";
import { calibrateCommand } from "../../cli/calibrate.ts";
import type { Command, Io } from "../../cli/command.ts";
import { readFrozenFile } from "../../cli/frozen_file.ts";
import { runCommand } from "../../cli/run.ts";
import { SqliteStore } from "../../cli/sqlite_store.ts";
import type { FrozenOptions } from "../../harness/calibrate/frozen_options.ts";
import { InputError, UnsupportedError, UsageError } from "../../harness/contract/mod.ts";

const ROOT = decodeURIComponent(new URL("../../.tmp/", import.meta.url).pathname);
const SMALL = "synthetic(layers=4,width=16,heads=2,kvHeads=1,ffn=24)";
const OTHER = SMALL.replace(")", ",seed=1)");

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function call(command: Command, args: readonly string[], abort?: number): Promise<Said> {
  const stop = new AbortController();
  let out = "", err = "", updates = 0;
  const io: Io = {
    write: (text) => out += text,
    say: (line) => err += `${line}\n`,
    color: false,
    signal: stop.signal,
    progress: () => ({
      update() {
        if (++updates === abort) stop.abort();
      },
      end() {},
    }),
  };
  return { code: await command.run(readArguments(command, args), io), out, err };
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  await Deno.mkdir(ROOT, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: ROOT });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ON = ["--model", SMALL, "--suite", "copy,arithmetic", "--limit", "20"];
const TEST = ["--grid", "0.4..1/4", "--delta", "0.3"];

/** Calibrates into `out` and reads what was frozen. */
async function freeze(out: string, ...args: readonly string[]): Promise<FrozenOptions> {
  const { code, err } = await call(calibrateCommand, [...ON, "--out", out, ...args]);
  assertStrictEquals(code, 0, err);
  return (await readFrozenFile(out)).frozen;
}

Deno.test("calibrate freezes options that a run takes, and its records say so", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/deep/calm.json`;
    const calibrate = [...ON, ...TEST, "--policy", "calm(measure=softmax)", "--out", out];
    const told = await call(calibrateCommand, calibrate);
    assertStrictEquals(told.code, 0, told.err);
    assertStringIncludes(told.out, "Guarantee: With probability at least 0.95");
    assertStringIncludes(told.out, "40 prompts");
    const { frozen, digest } = await readFrozenFile(out);
    assertEquals(frozen.settings.map(({ value }) => value), [1, 0.8, 0.6, 0.4]);
    assertEquals([frozen.basis, frozen.prompts, frozen.items.count], ["lockstep", 40, 40]);
    assert(frozen.value < 1 && frozen.cost.tokens > 1000 && frozen.cost.seconds > 0);
    const last = frozen.settings.findLast(({ verdict }) => verdict === "passed");
    assertStrictEquals(last?.value, frozen.value);
    assertEquals([...Deno.readDirSync(`${folder}/deep`)].map(({ name }) => name), ["calm.json"]);

    const run = ["--model", SMALL, "--suite", "copy", "--limit", "2", "--passes", "lockstep"];
    const spec = `@"${out}"`;
    const done = await call(runCommand, [...run, "--policies", spec, "--out", `${folder}/run`]);
    assertStrictEquals(done.code, 0, done.err);
    assertStringIncludes(done.out, frozen.spec);
    const store = new SqliteStore(`${folder}/run/records.sqlite`);
    const arm = (await store.read()).manifest.arms.find(({ policy }) => policy === "calm")!;
    store.close();
    assertEquals(arm.options, frozen.options);
    assertEquals(arm.calibration, {
      digest,
      guarantee: frozen.guarantee,
      model: frozen.model.name,
    });
    await assertRejects(
      () => call(runCommand, [...run, "--split", "calibration", "--policies", spec, "--out", "x"]),
      UsageError,
      "on 2 items that its options were calibrated on",
    );
  });
});

Deno.test("frozen options are refused on another model, unless transfer is allowed and told", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/calm.json`;
    const frozen = await freeze(out, ...TEST, "--policy", "calm");
    const run = [
      ...["--model", OTHER, "--suite", "copy", "--limit", "2", "--passes", "lockstep"],
      ...["--policies", `@"${out}"`, "--out", `${folder}/run`],
    ];
    const refused = await assertRejects(() => call(runCommand, run), UsageError);
    assertStringIncludes(refused.message, 'expected model "');
    assertStringIncludes(refused.message, "--allow-transfer");
    const allowed = await call(runCommand, [...run, "--allow-transfer"]);
    assertStrictEquals(allowed.code, 0, allowed.err);
    assertStringIncludes(allowed.out, "the calibration's guarantee is void here");
    const store = new SqliteStore(`${folder}/run/records.sqlite`);
    const arm = (await store.read()).manifest.arms.find(({ policy }) => policy === "calm")!;
    store.close();
    assertEquals(arm.calibration?.transferred, ["model"]);

    const changed = { ...frozen, policy: { ...frozen.policy, digest: `sha256:${"1".repeat(64)}` } };
    await Deno.writeTextFile(out, JSON.stringify(changed));
    await assertRejects(
      () => call(runCommand, run.with(1, SMALL)),
      UsageError,
      "it has changed",
    );
    await Deno.writeTextFile(out, "{");
    await assertRejects(() => call(runCommand, run), InputError, "it is no JSON");
    await Deno.remove(out);
    await assertRejects(() => call(runCommand, run), InputError, "there is no such file");
  });
});

Deno.test("calibrate replays where that is exact, and gives what running gives", async () => {
  await withFolder(async (folder) => {
    const recompute = ["--policy", "calm(fill=recompute)", ...TEST];
    const replayed = await freeze(`${folder}/a.json`, ...recompute);
    assertEquals([replayed.basis, replayed.fill], ["replayed", "recompute"]);
    const ofRun = await freeze(`${folder}/b.json`, "--policy", "calm(fill=project)", ...TEST);
    assertStrictEquals(ofRun.basis, "lockstep");
    assert(replayed.cost.tokens < ofRun.cost.tokens);
    // Unlike fills may lose unlike; what never exits loses nothing under both.
    assertEquals([replayed.settings[0]!.loss, ofRun.settings[0]!.loss], [0, 0]);

    // A policy that replay refuses, at a grid where nothing leaves: the same losses, run.
    const at = ["--policy", "calm(fill=recompute,measure=state,against=previous_check,at=[1,3])"];
    const run = await freeze(`${folder}/c.json`, ...at, "--grid", "0.999,1", "--delta", "0.3");
    assertStrictEquals(run.basis, "lockstep");
  });
});

Deno.test("calibrate refuses a task risk where nothing can be lost", async () => {
  await withFolder(async (folder) => {
    const task = ["--policy", "calm", ...TEST, "--risk", "task", "--max-tokens", "4"];
    await assertRejects(
      () => freeze(`${folder}/a.json`, ...task),
      InputError,
      "expected full depth to score above 0", // random weights solve nothing
    );
    const prose = ["--model", SMALL, "--suite", "prose", "--size", "full", "--limit", "12"];
    const args = [...prose, ...TEST, "--policy", "calm", "--out", `${folder}/b.json`];
    await assertRejects(
      () => call(calibrateCommand, [...args, "--risk", "task", "--max-tokens", "2"]),
      InputError,
      'Cannot calibrate a task risk on suite "prose"',
    );
  });
});

Deno.test("calibrate chooses on the curve and by quantiles, promising nothing", async () => {
  await withFolder(async (folder) => {
    const policy = ["--policy", "calm(fill=recompute)", "--grid", "0.001..0.05/4"];
    const quality = ["--method", "target_quality", "--target"];
    const chosen = await freeze(`${folder}/a.json`, ...policy, ...quality, "0.2");
    assertStringIncludes(chosen.guarantee, "None");
    for (const { quality, cost } of chosen.settings) {
      assert(quality!.low! <= quality!.value && cost!.value > 0);
    }
    const speed = await freeze(
      `${folder}/b.json`,
      ...["--policy", "calm", "--grid", "0.001..0.05/2"],
      ...["--method", "target_speed", "--target", "0.1", "--max-tokens", "4"],
    );
    assert(speed.settings.every(({ cost }) => cost!.high! * 0.1 <= 1));
    await assertRejects(
      () => freeze(`${folder}/c.json`, ...policy, ...quality, "1"),
      InputError,
      "Cannot reach quality 1",
    );
    const quantile = await freeze(
      `${folder}/d.json`,
      ...["--policy", "calm", "--method", "max_coverage", "--target", "0.3"],
    );
    assert("coverage" in quantile.method && quantile.method.accuracy! >= 0.3);
    assertNotEquals(quantile.value, 0.9);
    await assertRejects(
      () =>
        freeze(
          `${folder}/e.json`,
          ...["--policy", "calm", "--option", "decay", "--method", "midpoint", "--target", "0.5"],
        ),
      UnsupportedError,
      'one test against option "decay": 0 are',
    );
  });
});

Deno.test("calibrate refuses with one sentence and writes nothing", async () => {
  await withFolder(async (folder) => {
    const out = ["--out", `${folder}/a.json`];
    const calm = ["--policy", "calm"];
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [[...calm, ...TEST, "--split", "test"], 'Cannot calibrate on split "test"'],
      [[...calm, ...TEST, "--split", "train"], 'expected "calibration"'],
      [TEST, "expected one policy: 0 came"],
      [["--policy", "calm,calm(threshold=1)", ...TEST], "expected one policy: 2 came"],
      [["--policy", "@x.json", ...TEST], "frozen options came"],
      [["--policy", "calm(threshold=0.5)", ...TEST], "expected it in --grid only"],
      [calm, 'expected values of "threshold"'],
      [[...calm, "--grid", "0.5,0.5"], "expected different numbers"],
      [[...calm, "--grid", "0.5,x"], "expected different numbers"],
      [[...calm, "--grid", "0.5..2/3"], "current value is 1.25"],
      [[...calm, ...TEST, "--method", "best"], "expected one of learn_then_test"],
      [[...calm, ...TEST, "--epsilon", "0"], "must be a number above 0 and below 1"],
      [[...calm, ...TEST, "--target", "0.5"], 'Cannot use flag "--target"'],
      [[...calm, "--grid", "0.5,1", "--method", "target_quality"], "it is missing"],
      [[...calm, "--grid", "0.5,1", "--method", "midpoint", "--target", "0.9"], "remove --grid"],
      [[...calm, "--grid", "0.5,1", "--delta", "0.01"], "expected at least 299"],
      [[...calm, "--grid", "0.001,0.5", "--fallback", "0.001", "--delta", "0.3"], "prompts lose"],
      [[...calm, "--option", "thresh", "--grid", "0.5,1"], 'option "thresh"'],
    ];
    for (const [args, sentence] of wrong) {
      await assertRejects(
        () => call(calibrateCommand, [...ON, ...out, ...args]),
        UsageError,
        sentence,
        args.join(" "),
      );
    }
    const named = [...ON, ...calm, ...TEST];
    await assertRejects(() => call(calibrateCommand, named), UsageError, "add --out");
    await assertRejects(
      () => call(calibrateCommand, [...named, "--out", "x.txt"]),
      UsageError,
      "expected a JSON file",
    );
    const stopped = await call(calibrateCommand, [...named, ...out], 3);
    assertEquals([stopped.code, stopped.out], [130, ""]);
    assertStringIncludes(stopped.err, "nothing was written");
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("calibrate takes a policy from a file, strictest at low values, and the run finds it again", async () => {
  await withFolder(async (folder) => {
    const own = new URL("../../examples/own_policy/entropy_exit.ts", import.meta.url).pathname;
    const policy = ["--policy", `"${own}"(at=[1,2])`, "--strictest", "low", "--fallback", "0"];
    const out = `${folder}/own.json`;
    const frozen = await freeze(out, ...policy, "--grid", "0.5..5.5/6", "--delta", "0.3");
    assertEquals(frozen.settings.map(({ value }) => value), [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]);
    assertEquals(frozen.policy.path, own);
    assert(frozen.settings.at(-1)!.loss > frozen.settings[0]!.loss);
    const run = ["--model", SMALL, "--suite", "copy", "--limit", "2", "--passes", "lockstep"];
    const spec = ["--policies", `@"${out}"`, "--out", `${folder}/run`];
    const { code, out: table, err } = await call(runCommand, [...run, ...spec]);
    assertStrictEquals(code, 0, err);
    assertStringIncludes(table, frozen.spec);
  });
});

Deno.test("calibrate refuses to bound a policy whose state passes from prompt to prompt", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/stream.ts`;
    await Deno.writeTextFile(
      path,
      `import { planUpTo, unitInterval } from "@depthbench/depthbench/contract";
export default {
  name: "stream", family: "depth", scope: "token",
  card: { summary: "s", source: "none", acts: ["generation"], lossless: false,
    training: "none", layers: "l", deviations: [] },
  options: { threshold: unitInterval({ help: "h", default: 0.5 }) },
  defaultFill: () => "project",
  state: { life: "stream", initial: () => 0, reduce: (state) => state },
  plan: ({ model }) => planUpTo(model.layerCount),
};`,
    );
    await assertRejects(
      () => freeze(`${folder}/a.json`, "--policy", `"${path}"`, ...TEST),
      UsageError,
      "expected independent losses",
    );
  });
});
