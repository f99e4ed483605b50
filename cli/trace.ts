/**
 * The `trace` command: full depth once, read at every height, into a file that
 * `replay` answers from.
 *
 * @module
 */
import { UsageError } from "../harness/contract/errors.ts";
import { freePass } from "../harness/passes/free_pass.ts";
import type { PassItem } from "../harness/passes/cells.ts";
import type { RunPlan } from "../harness/runner.ts";
import { type TraceItem, traceItems, traceManifest } from "../harness/trace/trace_items.ts";
import type { TraceManifest, TraceText, UntracedItem } from "../harness/trace/trace_store.ts";
import { DEFAULT_SIGNALS, readSignalNames, tracedSignals } from "../harness/trace/traced_signal.ts";
import type { Command, CommandArguments, Io } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { nextTurn } from "./next_turn.ts";
import { makeFolder } from "./run_folder.ts";
import { readRunSpec, RUN_SPEC_FLAGS } from "./run_request.ts";
import { SqliteTraceStore } from "./sqlite_trace_store.ts";
import { oneLine } from "./terminal_text.ts";
import { HARNESS, planNamed } from "./trace_plan.ts";

/** Name inside the folder of a trace. */
const TRACE_FILE = "trace.sqlite";

/** Path of a trace: of a folder, or the `.sqlite` file that was named itself. */
export function tracePath(path: string): string {
  return path.endsWith(".sqlite") ? path : `${path.replace(/[\\/]+$/, "")}/${TRACE_FILE}`;
}

const { model, backend, parts, suite, size, limit, seed, split } = RUN_SPEC_FLAGS;

/** The `trace` command. */
export const traceCommand: Command = {
  name: "trace",
  summary: "Record signals of full depth at every height, for replay",
  usage:
    "trace [--model tiny_exit] [--suite copy,prose] [--signals margin,entropy] --out out/trace1",
  details:
    `Signals: margin, top1, entropy, logitMargin, cosine, relativeNorm, featureEntropy; nll and
kl beside them cost a full readout in f64 at every height; outputs of trained parts as
"probe calm[0]". The greedy token is always recorded.
Ctrl-C keeps what is done; the same command resumes.`,
  flags: {
    model: model!,
    backend: backend!,
    parts: parts!,
    suite: suite!,
    size: size!,
    limit: limit!,
    seed: seed!,
    split: split!,
    signals: { kind: "texts", value: "<a,b>", help: `Default ${DEFAULT_SIGNALS.join(",")}` },
    heights: { kind: "text", value: "<a,b>", help: "Default every height from 1 to L - 1" },
    text: {
      kind: "text",
      value: "<spec>",
      help: "Whose text: target, or the policy whose free run writes it; default target",
    },
    "max-tokens": { kind: "number", value: "<n>", help: "Most tokens that a policy may write" },
    out: { kind: "text", value: "<folder>", help: "Where trace.sqlite goes" },
    fresh: { kind: "switch", help: "Deletes an earlier trace in --out and starts over" },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const out = flags.text("out");
    if (out === undefined) {
      throw new UsageError("Cannot trace: expected a folder: add --out out/trace1");
    }
    const names = readSignalNames(listOf(flags, "signals") ?? DEFAULT_SIGNALS);
    const heights = listOf(flags, "heights")?.map(readHeight);
    const spec = await readRunSpec(flags);
    const text = flags.text("text") ?? "target";
    const plan = await planNamed({
      ...spec,
      suites: spec.suites.map((name) => {
        const { size, split, seed, limit } = spec;
        return { name, size, split, seed, limit };
      }),
      arms: text === "target" ? [] : [text],
      pass: text === "target" ? "lockstep" : "free",
    });
    try {
      const manifest = manifestOf(plan, { names, heights, isTarget: text === "target" });
      return await carryOut({ plan, manifest, out, fresh: flags.has("fresh") }, io);
    } finally {
      plan.close();
    }
  },
};

function listOf(flags: CommandArguments["flags"], name: string): readonly string[] | undefined {
  const texts = name === "heights" ? [flags.text(name)] : flags.texts(name);
  const words = texts.flatMap((text) => (text ?? "").split(",")).map((word) => word.trim())
    .filter((word) => word !== "");
  return words.length === 0 ? undefined : words;
}

function readHeight(word: string): number {
  if (/^\d+$/.test(word)) return Number(word);
  throw new UsageError(
    `Cannot read flag "--heights": expected whole numbers such as 4,8: current value is "${word}"`,
  );
}

function manifestOf(
  plan: RunPlan,
  { names: { declarations, measures }, heights, isTarget }: {
    readonly names: ReturnType<typeof readSignalNames>;
    readonly heights: readonly number[] | undefined;
    readonly isTarget: boolean;
  },
): TraceManifest {
  const { model, tokenizer, backend, suites, seed } = plan.manifest;
  const { parts } = plan.context.opened;
  const { maxTokens } = plan.request;
  const { label, digest } = plan.context.arms.at(-1)!.arm;
  const text: TraceText = isTarget ? { kind: "target" } : { kind: "free", arm: label, digest };
  try {
    return traceManifest({
      harness: HARNESS,
      seed,
      model,
      tokenizer,
      ...(parts === undefined ? {} : { parts: parts.digest }),
      backend,
      suites,
      ...(maxTokens === undefined ? {} : { maxTokens }),
      text,
      heights: heights ?? Array.from({ length: model.layerCount - 1 }, (_, i) => i + 1),
      signals: tracedSignals(declarations, { dModel: model.dModel, parts }),
      measures,
    });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function itemsOf(plan: RunPlan, text: TraceText): readonly TraceItem[] {
  const { context } = plan.context.opened;
  return plan.encoded.map((item): TraceItem => {
    const { id, group } = item.item;
    const isLikelihood = text.kind === "target" && item.suite.measure.kind === "likelihood";
    const maxTokens = isLikelihood ? item.target.length : item.maxTokens;
    return {
      suite: item.suite.name,
      item: id,
      group: group ?? id,
      prompt: item.prompt,
      refusal: item.refusal,
      async text() {
        await nextTurn(); // a backend that never waits would keep Ctrl-C from being heard
        const target = text.kind === "target" ? item.target : await written(plan, item);
        return { target, limits: { maxTokens, context } };
      },
    };
  });
}

/** What the last arm writes when it runs freely. */
async function written(plan: RunPlan, item: PassItem): Promise<readonly number[]> {
  const record = await freePass(plan.context, item, { arm: plan.context.arms.at(-1)! });
  if (record.outcome === "ok" && record.pass === "free") return record.tokens;
  throw new Error(record.outcome === "failed" ? record.message : "Cannot run freely");
}

async function carryOut(
  { plan, manifest, out, fresh }: {
    readonly plan: RunPlan;
    readonly manifest: TraceManifest;
    readonly out: string;
    readonly fresh: boolean;
  },
  io: Io,
): Promise<number> {
  const path = tracePath(out);
  if (path !== out) await makeFolder(out);
  if (fresh) await clear(path);
  const store = new SqliteTraceStore(path);
  const line = io.progress();
  try {
    const items = itemsOf(plan, manifest.text);
    await traceItems({ manifest, items }, {
      store,
      session: plan.context.session,
      signal: io.signal,
      progress: (progress) => line.update(progress),
    });
    line.end();
    const done = store.done().size;
    if (io.signal.aborted && done < items.length) {
      io.say(
        `Stopped: ${done} of ${items.length} items are in "${path}": the same command resumes`,
      );
      return EXIT.interrupted;
    }
    return tell(store, { path, io });
  } finally {
    line.end();
    store.close();
  }
}

/** What the file holds; items without a trace are told on stderr. */
function tell(
  store: SqliteTraceStore,
  { path, io }: { readonly path: string; readonly io: Io },
): number {
  let positions = 0, traced = 0;
  const untraced: UntracedItem[] = [];
  for (const row of store.rows()) {
    if (row.outcome !== "ok") untraced.push(row);
    else {
      traced++;
      positions += row.target.length;
    }
  }
  const { heights, signals, measures, text } = store.manifest();
  const columns = ["token", ...signals.map(({ key }) => key), ...measures].join(", ");
  io.write(
    `${positions} positions of ${traced} items × ${heights.length} heights: ${columns}\n` +
      `text: ${text.kind === "target" ? "the suites' targets" : `written by ${text.arm}`}\n`,
  );
  io.say(`Wrote ${path}: replay it with: replay ${path} --policies "calm(threshold=0.5..0.95/10)"`);
  const [first] = untraced;
  if (first === undefined) return EXIT.done;
  io.say(`${untraced.length} items have no trace: the first: ${oneLine(first.reason)}`);
  return untraced.some(({ outcome }) => outcome === "failed") ? EXIT.input : EXIT.done;
}

async function clear(path: string): Promise<void> {
  for (const name of [path, `${path}-journal`]) {
    await Deno.remove(name).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}
