/**
 * Claims of the papers on a model: `deno task evidence:reproduce`.
 *
 * The study `reproduce` as `run` unfolds it, on many short texts instead of few
 * long ones: claims are about positions of many documents. Texts are cut at a
 * space; the cut is part of the evidence's first lines. Records stay in memory.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { readArguments } from "../cli/arguments.ts";
import type { Command, Io } from "../cli/command.ts";
import { readEnvironment } from "../cli/environment.ts";
import { loadModel } from "../cli/model_files.ts";
import { promptTokens } from "../cli/prompt_tokens.ts";
import { BUILT_IN } from "../cli/registry.ts";
import { nameRun } from "../cli/run_arms.ts";
import { HARNESS } from "../cli/trace_plan.ts";
import type { SuitePlugin } from "../harness/contract/suite.ts";
import type { Summary } from "../harness/contract/summary.ts";
import { memoryStore } from "../harness/memory_store.ts";
import { parseRunSpec } from "../harness/run_spec.ts";
import { planRun, runPlan } from "../harness/runner.ts";
import { summarize } from "../harness/summary/mod.ts";
import { positiveInteger } from "./bench_flags.ts";
import { describeMachine, readMachine } from "./machine.ts";
import { reproduceText } from "./reproduce_report.ts";

/** Characters of a prompt and of a target. */
const LENGTHS = { prompt: 320, target: 200 };

const COMMAND: Command = {
  name: "reproduce",
  summary: "Claims of the papers on a model",
  usage: "reproduce [--model smollm2] [--limit 4]",
  flags: {
    model: { kind: "text", value: "<model>", help: "Name or path; default smollm2" },
    suite: { kind: "text", value: "<a,b>", help: "Default prose,code" },
    limit: { kind: "number", value: "<n>", help: "Texts per suite; default 4" },
    repetitions: { kind: "number", value: "<n>", help: "Timed visits; default 2" },
    out: {
      kind: "text",
      value: "<file.md>",
      help: "Default benches/evidence/reproduce_<model>.md",
    },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const name = flags.text("model") ?? "smollm2";
    const suites = (flags.text("suite") ?? "prose,code").split(",");
    const limit = positiveInteger("limit", flags.number("limit") ?? 4);
    const repetitions = positiveInteger("repetitions", flags.number("repetitions") ?? 2);
    const machine = await readMachine();
    const start = performance.now();
    const summary = await reproduce({ name, suites, limit, repetitions }, io);
    const minutes = (performance.now() - start) / 60_000;
    const text = reproduceText(summary, {
      machine: describeMachine(machine),
      minutes,
      texts: `${limit} of each suite, cut to ${LENGTHS.prompt} + ${LENGTHS.target} characters`,
    });
    const out = flags.text("out") ?? `benches/evidence/reproduce_${name}.md`;
    await Deno.mkdir(out.replace(/[^/]*$/, "") || ".", { recursive: true });
    await Deno.writeTextFile(out, text);
    io.write(text);
    return 0;
  },
};

/** A likelihood suite with texts cut short. */
function shortened(suite: SuitePlugin): SuitePlugin {
  if (suite.measure.kind !== "likelihood") return suite;
  return {
    ...suite,
    async items(request) {
      return (await suite.items(request)).map((item) => ({
        ...item,
        prompt: tail(item.prompt, LENGTHS.prompt),
        target: head(item.target, LENGTHS.target),
      }));
    },
  };
}

function head(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, Math.max(1, text.lastIndexOf(" ", most)));
}

function tail(text: string, most: number): string {
  return text.length <= most ? text : text.slice(text.indexOf(" ", text.length - most) + 1);
}

async function reproduce(
  { name, suites, limit, repetitions }: {
    readonly name: string;
    readonly suites: readonly string[];
    readonly limit: number;
    readonly repetitions: number;
  },
  io: Io,
): Promise<Summary> {
  const spec = parseRunSpec({ model: name, suites: ["reproduce", ...suites] });
  const model = await loadModel(name);
  const { suites: plugins, ...named } = await nameRun(spec, model.checkpoint.info);
  const plan = await planRun({
    model,
    backend: BUILT_IN.backends.find(spec.backend),
    suites: plugins.map((plugin) => ({
      plugin: shortened(plugin),
      size: "full",
      seed: spec.seed,
      split: spec.split,
      limit,
    })),
    ...named,
    seed: spec.seed,
    repetitions,
    timedTokens: spec.timedTokens,
    margin: spec.margin,
    environment: readEnvironment(),
    harness: HARNESS,
    encodePrompt: (prompt, framing) => promptTokens(model, { prompt, framing }),
  });
  try {
    const store = memoryStore();
    await runPlan(plan, {
      store,
      progress: ({ done, total, what }) => io.say(`${done}/${total} ${what}`),
    });
    return summarize(await store.read(), { resamples: 2000 });
  } finally {
    plan.close();
  }
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
