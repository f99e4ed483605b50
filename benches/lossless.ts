/**
 * Losslessness over every suite: `deno task evidence:lossless`.
 *
 * Every draft policy generates on every suite, and each text is held to full depth's,
 * token by token (`harness/decode/speculate/certify.ts`). 10,000 fuzzed cases on random
 * models are part of the tests: `tests/speculative/fuzz_test.ts`.
 *
 * Exits with 1 when a text is a bug.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { readArguments } from "../cli/arguments.ts";
import type { Command, Io } from "../cli/command.ts";
import { loadModel } from "../cli/model_files.ts";
import { BUILT_IN } from "../cli/registry.ts";
import { planNamed } from "../cli/trace_plan.ts";
import { memoryStore } from "../harness/memory_store.ts";
import { runPlan } from "../harness/runner.ts";
import { positiveInteger } from "./bench_flags.ts";
import { losslessSpecs } from "./draft_arms.ts";
import { describeMachine, readMachine } from "./machine.ts";
import { ABSENT, markdownTable, percent } from "./markdown_table.ts";

/** Where the evidence goes. */
const EVIDENCE = "benches/evidence/lossless.md";

/** Counts of one policy on one model and backend. */
interface Tally {
  texts: number;
  tokens: number;
  nearTies: number;
  bugs: number;
  drafted: number;
  accepted: number;
  skipped: number;
  failed: number;
}

const COMMAND: Command = {
  name: "lossless",
  summary: "Losslessness of drafts over every suite",
  usage: "lossless [--on tiny:cpu,tiny:wasm]",
  flags: {
    on: {
      kind: "text",
      value: "<model:backend,…>",
      help: "Default tiny and tiny_exit on cpu and wasm, smollm2 on wasm",
    },
    limit: { kind: "number", value: "<n>", help: "Prompts per suite; default all of smoke" },
    tokens: { kind: "number", value: "<n>", help: "Most tokens of a text; default 24" },
    out: { kind: "text", value: "<file.md>", help: `Default ${EVIDENCE}` },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const pairs = (flags.text("on") ??
      "tiny:cpu,tiny:wasm,tiny_exit:cpu,tiny_exit:wasm,smollm2:wasm").split(",");
    const limit = positiveInteger("limit", flags.number("limit") ?? 1000);
    const tokens = positiveInteger("tokens", flags.number("tokens") ?? 24);
    const machine = await readMachine();
    const rows: string[][] = [];
    let bugs = 0;
    for (const pair of pairs) {
      const [model, backend] = pair.split(":") as [string, string];
      const { checkpoint } = await loadModel(model);
      const specs = losslessSpecs(checkpoint.info.layerCount);
      const tallies = await sweep({ model, backend, specs, limit, tokens }, io);
      for (const [label, tally] of tallies) {
        bugs += tally.bugs + tally.failed;
        rows.push([
          label,
          pair,
          `${tally.texts}`,
          `${tally.tokens}`,
          tally.drafted === 0 ? ABSENT : percent(tally.accepted / tally.drafted),
          `${tally.nearTies}`,
          `${tally.bugs}`,
          `${tally.failed}`,
          `${tally.skipped}`,
        ]);
      }
    }
    const text = [
      "# Losslessness of drafts",
      "",
      "Made by `deno task evidence:lossless`.",
      "",
      `- Every suite, size smoke${
        limit >= 1000 ? "" : `, at most ${limit} prompts each`
      }, at most ` +
      `${tokens} tokens a text; skipped are prompts longer than the model's context`,
      "- Each text, token by token on its own prefix, against one-row full-depth steps",
      ...describeMachine(machine).split("\n").map((line) => `- ${line}`),
      "",
      markdownTable(
        [
          "policy",
          "model:backend",
          "texts",
          "tokens",
          "accepted",
          "near-ties",
          "bugs",
          "failed",
          "skipped",
        ],
        rows,
      ),
    ].join("\n");
    const out = flags.text("out") ?? EVIDENCE;
    await Deno.mkdir(out.replace(/[^/]*$/, "") || ".", { recursive: true });
    await Deno.writeTextFile(out, text);
    io.write(text);
    return bugs > 0 ? 1 : 0;
  },
};

/** Runs all suites on one model and backend; counts by policy. */
async function sweep(
  { model, backend, specs, limit, tokens }: {
    readonly model: string;
    readonly backend: string;
    readonly specs: readonly string[];
    readonly limit: number;
    readonly tokens: number;
  },
  io: Io,
): Promise<ReadonlyMap<string, Tally>> {
  const tallies = new Map<string, Tally>();
  for (const { name, measure } of BUILT_IN.suites.list) {
    if (measure.kind === "speed") continue; // it has no texts of its own
    const plan = await planNamed({
      model,
      backend,
      suites: [{ name, size: "smoke", split: "test", seed: 0, limit }],
      arms: specs,
      pass: "free",
      seed: 0,
      maxTokens: tokens,
    });
    const store = memoryStore();
    try {
      await runPlan(plan, { store });
    } finally {
      plan.close();
    }
    for (const record of (await store.read()).records) {
      const tally = tallies.get(record.arm) ?? {
        texts: 0,
        tokens: 0,
        nearTies: 0,
        bugs: 0,
        drafted: 0,
        accepted: 0,
        skipped: 0,
        failed: 0,
      };
      if (record.outcome === "skipped") tally.skipped++;
      if (record.outcome === "failed") {
        tally.failed++;
        io.say(`${record.arm} on ${name}: ${record.message}`);
      }
      if (record.outcome === "ok" && record.pass === "free") {
        if (record.speculation === undefined) continue; // full depth
        const { certificate, rounds } = record.speculation;
        tally.texts++;
        tally.tokens += record.tokens.length;
        if (certificate?.verdict === "near-tie") tally.nearTies++;
        if (certificate?.verdict === "bug") tally.bugs++;
        for (const { drafted, accepted } of rounds) {
          tally.drafted += drafted;
          tally.accepted += accepted;
        }
      }
      if (record.arm !== "full_depth") tallies.set(record.arm, tally);
    }
    io.say(`${model} on ${backend}: ${name} done`);
  }
  return tallies;
}

if (import.meta.main) {
  const io: Io = {
    write: (text) => console.log(text),
    say: (line) => console.error(line),
    color: false,
    signal: new AbortController().signal,
    progress: () => ({ update: () => {}, end: () => {} }),
  };
  Deno.exit(await COMMAND.run(readArguments(COMMAND, Deno.args), io));
}
