/** `trace` and `replay` as commands, from a model to a table. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { readArguments } from "../../cli/arguments.ts";
import type { Command, Io } from "../../cli/command.ts";
import { replayCommand } from "../../cli/replay.ts";
import { traceCommand } from "../../cli/trace.ts";
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

const TRACE = ["--model", SMALL, "--suite", "copy,prose", "--limit", "3"];

interface Replayed {
  readonly points: readonly {
    readonly label: string;
    readonly origin: string;
    readonly basis: { readonly kind: string };
    readonly agreement: { readonly value: number };
    readonly blocksRun: { readonly value: number };
  }[];
  readonly refused: readonly { readonly policy: string; readonly count: number }[];
  readonly checked: readonly {
    readonly label: string;
    readonly sameExits: number;
    readonly numbers: Record<string, { readonly value: number; readonly low: number }>;
  }[];
}

Deno.test("trace and replay give curve points that a real run confirms", async () => {
  await withFolder(async (folder) => {
    const trace = [...TRACE, "--signals", "margin,kl", "--out", folder];
    const stopped = await call(traceCommand, trace, 2);
    assertStrictEquals(stopped.code, 130);
    assertStringIncludes(stopped.err, "2 of 6 items");
    const traced = await call(traceCommand, trace);
    assertStrictEquals(traced.code, 0, traced.err);
    assertStringIncludes(traced.out, "6 items × 3 heights: token, margin@shared, kl");

    const policies =
      "calm(threshold=0.001..0.02/6,fill=recompute), unified_layer_skipping(ratio=2)";
    const replay = [folder, "--policies", policies, "--validate", "2", "--model", SMALL];
    const json = await call(replayCommand, [...replay, "--json"]);
    const { points, refused, checked } = JSON.parse(json.out) as Replayed;
    assertStrictEquals(points.length, 7);
    assert(points.every(({ origin, basis }) => origin === "replayed" && basis.kind === "exact"));
    assertEquals([points[0]!.agreement.value, points[0]!.blocksRun.value], [1, 4]);
    assert(points[1]!.blocksRun.value < points[6]!.blocksRun.value);
    assertEquals(refused.map(({ policy }) => policy), ["unified_layer_skipping"]);
    assertStringIncludes(json.err, "its plan skips");
    assertStrictEquals(checked.length, 2);
    for (const { label, sameExits, numbers } of checked) {
      const point = points.find((each) => each.label === label) as unknown as typeof numbers;
      assertStrictEquals(sameExits, 1);
      for (const name of ["blocksRun", "agreement", "macRatio", "readouts"]) {
        assertEquals(numbers[name], point[name], name);
      }
      assert(Math.abs(numbers.kl!.value - point.kl!.value) < 1e-6);
    }
    const table = await call(replayCommand, replay);
    assertStringIncludes(table.out.split("\n")[0]!, "replayed, not run");
    assertStringIncludes(table.out, "policy, replayed");
    assertStringIncludes(table.out, "same exits [%]");
  });
});

Deno.test("replay of a policy's own text is not checked against the suites' targets", async () => {
  await withFolder(async (folder) => {
    const spec = "calm(threshold=0.005,fill=recompute)";
    const trace = [...TRACE, "--text", spec, "--max-tokens", "8", "--out", folder];
    assertStringIncludes((await call(traceCommand, trace)).out, `written by ${spec}`);
    const replay = [folder, "--policies", spec];
    const { points } = JSON.parse(
      (await call(replayCommand, [...replay, "--json"])).out,
    ) as Replayed;
    assertStrictEquals(points.length, 2);
    await assertRejects(
      () => call(replayCommand, [...replay, "--validate", "1", "--model", SMALL]),
      UsageError,
      "trace with --text target",
    );
  });
});

Deno.test("trace and replay refuse with one sentence", async () => {
  await withFolder(async (folder) => {
    const out = ["--out", `${folder}/t`];
    const trace = [...TRACE, ...out, "--signals", "margin"];
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [TRACE, "expected a folder"],
      [[...TRACE, ...out, "--signals", "margni"], 'Cannot trace "margni"'],
      [[...TRACE, ...out, "--heights", "2,9"], "0 to 3"],
      [[...TRACE, ...out, "--heights", "2,x"], 'current value is "x"'],
    ];
    for (const [args, sentence] of wrong) {
      await assertRejects(() => call(traceCommand, args), UsageError, sentence);
    }
    assertEquals([...Deno.readDirSync(folder)], []);
    await call(traceCommand, trace);
    await assertRejects(
      () => call(traceCommand, [...trace, "--seed", "9"]),
      InputError,
      "another trace",
    );
    await call(traceCommand, [...trace, "--seed", "9", "--fresh"]);
    const path = `${folder}/t`;
    await assertRejects(() => call(replayCommand, [path]), UsageError, "expected policies");
    await assertRejects(
      () => call(replayCommand, [path, "--policies", "calm(measure=state)"]),
      UnsupportedError,
      "expected one that only exits",
    );
    await assertRejects(
      () => call(replayCommand, [folder, "--policies", "calm"]),
      InputError,
      "no such file",
    );
    await assertRejects(
      () => call(replayCommand, [path, "--policies", "calm", "--validate", "1", "--model", OTHER]),
      InputError,
      "of another model",
    );
  });
});
