/** Trained parts on the command line: opened, refused, checked, part of a run's identity. */
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { readArguments } from "../../cli/arguments.ts";
import { calibrateCommand } from "../../cli/calibrate.ts";
import { checkCommand } from "../../cli/check.ts";
import type { Command, Io } from "../../cli/command.ts";
import { generateCommand } from "../../cli/generate.ts";
import { loadModel } from "../../cli/model_files.ts";
import { replayCommand } from "../../cli/replay.ts";
import { runCommand } from "../../cli/run.ts";
import { traceCommand } from "../../cli/trace.ts";
import { SqliteStore } from "../../cli/sqlite_store.ts";
import { type ModelInfo, UsageError } from "../../harness/contract/mod.ts";
import { createRandom } from "../../harness/numerics/random.ts";
import { HEIGHT_CONVENTION, PARTS_KEY } from "../../models/parts/layout.ts";
import { writeSafetensors, type WrittenTensor } from "../safetensors_writer.ts";

const ROOT = decodeURIComponent(new URL("../../.tmp/", import.meta.url).pathname);
const SMALL = "synthetic(layers=4,width=16,heads=2,kvHeads=1,ffn=24)";
const WIDTH = 16;

async function call(command: Command, ...args: readonly string[]) {
  let out = "", err = "";
  const io: Io = {
    write: (text) => out += text,
    say: (line) => err += `${line}\n`,
    color: false,
    signal: new AbortController().signal,
    progress: () => ({ update() {}, end() {} }),
  };
  const { positional, flags } = readArguments(command, args);
  return { code: await command.run({ positional, flags }, io), out, err };
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

/** A classifier and one module a block, seeded, for a model of width 16. */
function partsFile(info: ModelInfo, seed = 1): Uint8Array {
  const random = createRandom(seed);
  const normals = (...shape: readonly number[]): WrittenTensor => ({
    shape,
    values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() / 4),
  });
  const blocks = Array.from({ length: info.layerCount }, (_, height) => height);
  const ones = { shape: [WIDTH], values: new Array(WIDTH).fill(1) };
  const norm = { kind: "rmsNorm", epsilon: 1e-5 };
  const tensors: Record<string, WrittenTensor> = {
    "calm.0.weight": ones,
    "calm.1.weight": normals(1, WIDTH),
  };
  for (const height of blocks) {
    tensors[`d_llm.${height}.0.weight`] = ones;
    tensors[`d_llm.${height}.1.weight`] = normals(2, WIDTH);
  }
  const { name, digest, layerCount, dModel, vocabSize } = info;
  const layout = {
    layout: 1,
    summary: "For tests",
    base: { name, digest, layerCount, dModel, vocabSize },
    heights: HEIGHT_CONVENTION,
    parts: [
      {
        kind: "probe",
        name: "calm",
        steps: [norm, { kind: "linear", outputs: 1, bias: false }, {
          kind: "activation",
          activation: "sigmoid",
        }],
      },
      ...blocks.map((height) => ({
        kind: "probe",
        name: "d_llm",
        height,
        steps: [norm, { kind: "linear", outputs: 2, bias: false }, {
          kind: "activation",
          activation: "softmax",
        }],
      })),
    ],
    policies: ["calm(measure=classifier)", "d_llm"],
  };
  return writeSafetensors(tensors, { [PARTS_KEY]: JSON.stringify(layout) });
}

async function written(folder: string, seed = 1): Promise<string> {
  const path = `${folder}/parts${seed}.safetensors`;
  await Deno.writeFile(path, partsFile((await loadModel(SMALL)).checkpoint.info, seed));
  return path;
}

const RUN = [
  ...["--model", SMALL, "--backend", "cpu", "--suite", "copy", "--limit", "2"],
  ...["--passes", "free,lockstep", "--no-control"],
];

Deno.test("run opens parts for the policies that need them, and they are part of its identity", async () => {
  await withFolder(async (folder) => {
    const policies = ["--policies", "calm(measure=classifier,threshold=0.5), d_llm"];
    const runs = [];
    for (const seed of [1, 2]) {
      const out = `${folder}/run${seed}`;
      const args = [...RUN, ...policies, "--parts", await written(folder, seed), "--out", out];
      assertStrictEquals((await call(runCommand, ...args)).code, 0);
      const store = new SqliteStore(`${out}/records.sqlite`);
      runs.push(await store.read());
      store.close();
    }
    const [one, two] = runs;
    assertNotEquals(one!.manifest.digest, two!.manifest.digest);
    const cells = new Set(one!.records.map(({ cell }) => cell));
    assert(two!.records.every(({ cell }) => !cells.has(cell)));
    for (const { records } of runs) {
      assert(records.every(({ outcome }) => outcome === "ok"));
      assertStrictEquals(records.filter(({ arm }) => arm === "d_llm").length, 4);
    }
  });
});

Deno.test("a policy whose parts are not there is refused before anything is written", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/run`;
    await assertRejects(
      () => call(runCommand, ...RUN, "--policies", "d_llm", "--out", out),
      UsageError,
      'Cannot run policy "d_llm": training required',
    );
    await assertRejects(
      () => call(generateCommand, "--model", SMALL, "--prompt", "a", "--policy", "d_llm"),
      UsageError,
      "training required",
    );
    await assertRejects(() => Deno.stat(out), Deno.errors.NotFound);
  });
});

Deno.test("parts of another model, doubled and unknown parts are refused", async () => {
  await withFolder(async (folder) => {
    const path = await written(folder);
    const generate = (model: string, parts: string) =>
      call(generateCommand, "--model", model, "--prompt", "a", "--parts", parts);
    const other = SMALL.replace(")", ",seed=1)");
    await assertRejects(() => generate(other, path), UsageError, "Cannot use trained parts of");
    await assertRejects(() => generate(SMALL, `${path},${path}`), UsageError, "comes twice");
    await assertRejects(
      () => generate(SMALL, "embedded:clam"),
      UsageError,
      'Cannot find trained parts "embedded:clam": did you mean "calm"?',
    );
    await assertRejects(() => generate(SMALL, "embedded:calm"), UsageError, "on which they");
    const { code } = await call(
      generateCommand,
      ...["--model", SMALL, "--prompt", "ab", "--parts", path, "--policy", "d_llm"],
      ...["--max-tokens", "3", "--backend", "cpu"],
    );
    assertStrictEquals(code, 0);
  });
});

Deno.test("calibrate fixes a threshold of calm's classifier, with its parts on record", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/calm.json`;
    const { code } = await call(
      calibrateCommand,
      ...["--model", SMALL, "--backend", "cpu", "--suite", "copy", "--size", "smoke"],
      ...["--limit", "4", "--parts", await written(folder), "--out", out],
      ...["--policy", "calm(measure=classifier,fill=recompute)", "--grid", "0.4,0.6,1"],
      ...["--method", "target_quality", "--target", "0.5"],
    );
    assertStrictEquals(code, 0);
    const frozen = JSON.parse(await Deno.readTextFile(out));
    assertEquals([frozen.basis, typeof frozen.parts], ["replayed", "string"]);
  });
});

Deno.test("trace records a trained part, and replay decides by it as a run does", async () => {
  await withFolder(async (folder) => {
    const [out, parts] = [`${folder}/trace`, await written(folder)];
    const trace = [
      ...["--model", SMALL, "--backend", "cpu", "--suite", "copy", "--limit", "4"],
      ...["--signals", "margin,probe calm[0]", "--out", out],
    ];
    await assertRejects(
      () => call(traceCommand, ...trace),
      UsageError,
      'Cannot trace "probe calm[0]": expected trained parts with probe "calm"',
    );
    assertStrictEquals((await call(traceCommand, ...trace, "--parts", parts)).code, 0);
    const policies = "calm(measure=classifier,threshold=0.3..0.7/3,fill=recompute)";
    const replay = ["--policies", policies, "--validate", "2", "--model", SMALL, "--parts", parts];
    const { code, out: told } = await call(
      replayCommand,
      `${out}/trace.sqlite`,
      ...replay,
      "--json",
    );
    assertStrictEquals(code, 0);
    const { points } = JSON.parse(told);
    const labels = points.map(({ label }: { label: string }) => label);
    assertStrictEquals(labels.filter((each: string) => each.startsWith("calm(")).length, 3);
  });
});

Deno.test("check judges a file of parts: layout, base model, policies", async () => {
  await withFolder(async (folder) => {
    const path = await written(folder);
    const good = await call(checkCommand, "--parts", path, "--model", SMALL, "--json");
    assertStrictEquals(good.code, 0);
    assertEquals(
      JSON.parse(good.out).map((each: { check: string; ok: boolean }) => [each.check, each.ok]),
      [["layout", true], ["base model", true], ["policy", true], ["policy", true]],
    );
    assertStrictEquals((await call(checkCommand, "--parts", path)).code, 0);
    const other = await call(checkCommand, "--parts", path, "--model", "tiny");
    assertStrictEquals(other.code, 3);
    assert(other.err.includes("Cannot use trained parts of model"), other.err);
    await Deno.writeFile(path, (await Deno.readFile(path)).slice(0, -1));
    const cut = await call(checkCommand, "--parts", path);
    assertStrictEquals(cut.code, 3);
    assert(cut.err.includes("the file is truncated"), cut.err);
    await assertRejects(() => call(checkCommand), UsageError, "expected one policy file, or");
  });
});
