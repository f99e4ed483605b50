/**
 * Drafts against the clock: `deno task evidence:speculative`.
 *
 * 1. On the calibration split every policy decodes greedily, and its calls are counted
 *    by shape (`call_shapes.ts`).
 * 2. Each shape is timed alone: what the policy will cost is told beforehand.
 * 3. On the test split all arms are timed, interleaved, baseline twice.
 *
 * Beside each prediction stands the measured speed-up with its interval, and what the
 * formula says of drafts that do not pay.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import config from "../deno.json" with { type: "json" };
import { readArguments } from "../cli/arguments.ts";
import type { Command, Io } from "../cli/command.ts";
import { readEnvironment } from "../cli/environment.ts";
import { loadModel } from "../cli/model_files.ts";
import { resolveArms } from "../cli/policy_arms.ts";
import { promptTokens } from "../cli/prompt_tokens.ts";
import { BUILT_IN } from "../cli/registry.ts";
import type { DecoderSession } from "../harness/contract/backend.ts";
import type { LoadedModel } from "../harness/contract/model.ts";
import type { ArmSummary, DraftingView } from "../harness/contract/summary.ts";
import { bindPolicy } from "../harness/decode/bound_policy.ts";
import { generate } from "../harness/decode/generate.ts";
import { memoryStore } from "../harness/memory_store.ts";
import { type ArmRequest, planRun, runPlan } from "../harness/runner.ts";
import { summarize } from "../harness/summary/mod.ts";
import { positiveInteger } from "./bench_flags.ts";
import { predictedMs, priceShapes, shapedSession, type Shapes } from "./call_shapes.ts";
import { timedSpecs } from "./draft_arms.ts";
import { describeMachine, readMachine } from "./machine.ts";
import { figure, figureWithInterval, markdownTable, percent } from "./markdown_table.ts";

/** Where the evidence goes. */
const EVIDENCE = "benches/evidence/speculative.md";
/** Position at which shapes are timed. */
const POSITION = 96;

/** What is run. */
interface Settings {
  readonly model: LoadedModel;
  readonly suite: string;
  readonly limit: number;
  readonly tokens: number;
  readonly repetitions: number;
}

const COMMAND: Command = {
  name: "speculative",
  summary: "Drafts against the clock, told beforehand",
  usage: "speculative [--on tiny_exit:copy,smollm2:quoting]",
  flags: {
    on: {
      kind: "text",
      value: "<model:suite,…>",
      help: "Default tiny:quoting, tiny_exit:quoting, tiny_exit:mixed, smollm2:quoting",
    },
    limit: { kind: "number", value: "<n>", help: "Prompts; default 8" },
    tokens: { kind: "number", value: "<n>", help: "Tokens of each visit; default 40" },
    repetitions: { kind: "number", value: "<n>", help: "Visits of each prompt; default 3" },
    quick: { kind: "switch", help: "3 prompts of 20 tokens, visited twice; tiny_exit and smollm2" },
    out: { kind: "text", value: "<file.md>", help: `Default ${EVIDENCE}` },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const quick = flags.has("quick");
    const of = (name: string, usual: number) => positiveInteger(name, flags.number(name) ?? usual);
    const pairs = (flags.text("on") ??
      (quick
        ? "tiny_exit:mixed,smollm2:quoting"
        : "tiny:quoting,tiny_exit:quoting,tiny_exit:mixed,smollm2:quoting")).split(",");
    const machine = await readMachine();
    const sections: string[] = [];
    for (const pair of pairs) {
      const [name, suite] = pair.split(":") as [string, string];
      const settings = {
        model: await loadModel(name),
        suite,
        limit: of("limit", quick ? 3 : 8),
        tokens: of("tokens", quick ? 20 : 40),
        repetitions: of("repetitions", quick ? 2 : 3),
      };
      io.say(`${name} on ${suite}`);
      sections.push(await section(settings, io));
    }
    const text = [
      "# Drafts against the clock",
      "",
      "Made by `deno task evidence:speculative`, backend wasm.",
      "",
      "- Predicted: calls on the calibration split, counted by shape, times what each shape takes " +
      "alone; told before the test split was timed",
      "- Measured: geometric mean over prompts of the test split, arms interleaved, with its 95 % " +
      "interval; error is predicted ÷ measured − 1",
      "- Formula: N / (γ·c + v) from the timed rounds; limit says what forbids a gain",
      ...describeMachine(machine).split("\n").map((line) => `- ${line}`),
      "",
      ...sections,
    ].join("\n");
    const out = flags.text("out") ?? EVIDENCE;
    await Deno.mkdir(out.replace(/[^/]*$/, "") || ".", { recursive: true });
    await Deno.writeTextFile(out, text);
    io.write(text);
    return 0;
  },
};

/** One model on one suite. */
async function section(settings: Settings, io: Io): Promise<string> {
  const { info } = settings.model.checkpoint;
  const context = { policies: BUILT_IN.policies, model: info };
  const arms = await resolveArms(["full_depth", ...timedSpecs(info.layerCount)], context);
  const predicted = await predict(settings, arms);
  io.say("predicted");
  const measured = await measure(settings, arms, io);
  const rows = measured.flatMap(({ label, speed, drafting }): string[][] => {
    const told = predicted.get(label);
    if (speed === undefined || told === undefined || drafting === undefined) return [];
    const { perPrompt, verdict } = speed;
    const error = told / perPrompt.value - 1;
    return [[
      label,
      figure(told),
      figureWithInterval(perPrompt),
      `${error < 0 ? "−" : "+"}${percent(Math.abs(error))}`,
      verdict,
      ...formulaCells(drafting),
    ]];
  });
  return [
    `## ${info.name} on ${settings.suite}`,
    "",
    `${settings.limit} prompts, ${settings.tokens} tokens, ${settings.repetitions} visits; ${info.digest}`,
    "",
    markdownTable(
      [
        "policy",
        "predicted ×",
        "measured ×",
        "error",
        "verdict",
        "α",
        "γ",
        "c",
        "v",
        "formula ×",
        "break-even α",
        "limit",
      ],
      rows,
    ),
  ].join("\n");
}

function formulaCells({ alpha, draftLength, speed }: DraftingView): readonly string[] {
  return [
    percent(alpha.value),
    figure(draftLength),
    figure(speed?.draftCost),
    figure(speed?.verifyCost),
    figure(speed?.expected),
    percent(speed?.breakEven),
    speed?.limit ?? "pays",
  ];
}

/** Speed-ups told from the calibration split and the times of shapes, by label. */
async function predict(
  { model, suite, limit, tokens }: Settings,
  arms: readonly ArmRequest[],
): Promise<ReadonlyMap<string, number>> {
  const plugin = BUILT_IN.suites.find(suite);
  const items = await plugin.items({ size: "standard", seed: 0, split: "calibration", limit });
  const prompts = items.map(({ prompt }) =>
    promptTokens(model, { prompt, framing: plugin.framing })
  );
  const longest = Math.max(...prompts.map(({ length }) => length));
  const context = Math.min(model.checkpoint.info.context, longest + tokens + 2);
  const opened = { slots: 4, context: Math.max(context, POSITION + 80) };
  const session = await BUILT_IN.backends.find("wasm").open(model.checkpoint, opened);
  try {
    const counted = new Map<string, { readonly shapes: Shapes; readonly tokens: number }>();
    for (const arm of arms) {
      counted.set(arm.label, await countArm(session, { arm, prompts, tokens }));
    }
    const keys = new Set([...counted.values()].flatMap(({ shapes }) => [...shapes.keys()]));
    const prices = await priceShapes(session, keys, { position: POSITION, repetitions: 9 });
    const perToken = (label: string) => {
      const { shapes, tokens } = counted.get(label)!;
      return predictedMs(shapes, prices) / tokens;
    };
    const full = perToken(arms[0]!.label);
    return new Map(arms.map(({ label }) => [label, full / perToken(label)]));
  } finally {
    session.close();
  }
}

/** Calls of an arm's decode steps over prompts, by shape, and the tokens that came of them. */
async function countArm(
  session: DecoderSession,
  { arm, prompts, tokens }: {
    readonly arm: ArmRequest;
    readonly prompts: readonly (readonly number[])[];
    readonly tokens: number;
  },
): Promise<{ readonly shapes: Shapes; readonly tokens: number }> {
  const shapes: Shapes = new Map();
  const shaped = shapedSession(session, shapes);
  const total: Shapes = new Map();
  let made = 0;
  const { plugin, options, fill } = arm;
  const limits = { maxTokens: tokens + 1, context: session.model.context };
  const bound = bindPolicy(plugin, { options, fill, model: session.model, limits });
  for (const [item, prompt] of prompts.entries()) {
    const slot = shaped.newSlot();
    const stream = generate(shaped, {
      bound,
      slot,
      prompt,
      eos: [],
      seed: 0,
      item,
      promptDone: () => shapes.clear(),
    });
    for await (const _ of stream) made++;
    shaped.release(slot);
    for (const [key, count] of shapes) total.set(key, (total.get(key) ?? 0) + count);
    shapes.clear();
    made--; // the prompt's own token
  }
  return { shapes: total, tokens: made };
}

/** Arms timed on the test split. */
async function measure(
  { model, suite, limit, tokens, repetitions }: Settings,
  arms: readonly ArmRequest[],
  io: Io,
): Promise<readonly ArmSummary[]> {
  const plan = await planRun({
    model,
    backend: BUILT_IN.backends.find("wasm"),
    suites: [{
      plugin: BUILT_IN.suites.find(suite),
      size: "standard",
      split: "test",
      seed: 0,
      limit,
    }],
    arms: [arms[0]!, ...arms.slice(1)],
    passes: ["free", "timed"],
    seed: 0,
    repetitions,
    timedTokens: tokens,
    maxTokens: tokens,
    margin: 0.01,
    environment: readEnvironment(),
    harness: config.version,
    encodePrompt: (prompt, framing) => promptTokens(model, { prompt, framing }),
  });
  const store = memoryStore();
  try {
    await runPlan(plan, { store });
  } finally {
    plan.close();
  }
  const { arms: summed, warnings } = summarize(await store.read());
  for (const warning of warnings) io.say(warning);
  return summed;
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
