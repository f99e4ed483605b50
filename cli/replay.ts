/**
 * The `replay` command: thousands of settings over one trace, in seconds.
 *
 * @module
 */
import { UnsupportedError, UsageError } from "../harness/contract/errors.ts";
import { compareCurves } from "../harness/replay/compare_curves.ts";
import { curveOf, type CurveOptions, frontPoints } from "../harness/replay/curve.ts";
import { Replayer, type ReplayPoint } from "../harness/replay/replayer.ts";
import { type TraceTable, traceTable } from "../harness/replay/trace_table.ts";
import type { ArmRequest } from "../harness/runner.ts";
import type { Command, CommandArguments, Io } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { resolveArms } from "./policy_arms.ts";
import { toRecordJson } from "./record_json.ts";
import { BUILT_IN } from "./registry.ts";
import { checkReplay } from "./replay_check.ts";
import { type CheckedPoint, checkTable, comparisonTable, replayTable } from "./replay_table.ts";
import { SqliteTraceStore } from "./sqlite_trace_store.ts";
import { oneLine } from "./terminal_text.ts";
import { tracePath } from "./trace.ts";
import { BASELINE } from "./trace_plan.ts";

/** Bootstrap resamples by default: curves have many points. */
const RESAMPLES = 2000;

/** The `replay` command. */
export const replayCommand: Command = {
  name: "replay",
  summary: "Evaluate policies over a trace, without running the model",
  usage: 'replay <trace folder> --policies "calm(threshold=0.5..0.99/50)"',
  details: `Exact for exits with fill=recompute. With other fills a position is exact as long as no
earlier exit of its text lies below it; column "exact" says how many are. Policies that skip or
route are refused. --validate runs points of the front for real.`,
  flags: {
    policies: { kind: "texts", value: "<specs>", help: "Settings; grids become curves" },
    validate: { kind: "number", value: "<k>", help: "Runs k points of the front for real" },
    model: {
      kind: "text",
      value: "<model>",
      help: "The traced model, for --validate; default tiny_exit",
    },
    parts: {
      kind: "texts",
      value: "<a,b>",
      help: "Trained parts of the trace, for --validate: embedded:<set> or paths",
    },
    resamples: { kind: "number", value: "<n>", help: `Bootstrap resamples; default ${RESAMPLES}` },
    compare: { kind: "switch", help: "Compares curves at equal MACs and at equal agreement" },
    json: { kind: "switch", help: "Writes all points as JSON to stdout" },
  },
  positional: { least: 1, most: 1 },
  async run({ positional: [path], flags }, io): Promise<number> {
    const validate = wholeNumber(flags, "validate", { fallback: 0, least: 0 });
    const resamples = wholeNumber(flags, "resamples", { fallback: RESAMPLES, least: 1 });
    const texts = flags.texts("policies");
    if (texts.length === 0) {
      throw new UsageError(
        'Cannot replay: expected policies: add --policies "calm(threshold=0.5..0.99/50)"',
      );
    }
    const table = await readTable(tracePath(path!));
    const arms = await armsOf(texts, table);
    const replayer = new Replayer(table);
    const { points, refused } = replayAll(replayer, [...arms.values()]);
    for (const { policy, reason, count } of refused.values()) {
      io.say(`${reason}${count > 1 ? ` (as ${count - 1} more settings of "${policy}")` : ""}`);
    }
    if (points.length < 2) {
      throw new UnsupportedError("Cannot replay any of the policies: expected one that only exits");
    }
    const options: CurveOptions = { seed: table.manifest.seed, resamples };
    const curve = curveOf(table, points, options);
    let checked: readonly CheckedPoint[] | undefined = [];
    if (validate > 0) {
      const policies = curve.filter(({ policy }) => policy !== BASELINE);
      const model = flags.text("model") ?? "tiny_exit";
      const front = frontPoints(policies, validate);
      const parts = flags.texts("parts").flatMap((text) => text.split(",")).map((name) =>
        name.trim()
      );
      checked = await checkReplay({ replayer, points: front, arms, model, parts, options }, io);
      if (checked === undefined) return EXIT.interrupted;
    }
    const comparisons = flags.has("compare") ? compareCurves(table, points.slice(1), options) : [];
    const { layerCount } = table.manifest.model;
    if (flags.has("json")) {
      io.write(`${
        toRecordJson({
          kind: "depthbench-replay",
          schema: 1,
          origin: "replayed",
          manifest: table.manifest,
          positions: table.size,
          points: curve,
          comparisons,
          refused: [...refused.values()],
          checked: checked.map(({ point, real }) => ({ label: point.label, ...real })),
        })
      }\n`);
      return EXIT.done;
    }
    io.write(`${originLine(table)}\n\n${replayTable(curve, layerCount)}`);
    if (comparisons.length > 0) io.write(`\n${comparisonTable(comparisons)}`);
    if (checked.length > 0) io.write(`\n${checkTable(checked, layerCount)}`);
    tellUntraced(table, io);
    return EXIT.done;
  },
};

function wholeNumber(
  flags: CommandArguments["flags"],
  name: string,
  { fallback, least }: { readonly fallback: number; readonly least: number },
): number {
  const value = flags.number(name) ?? fallback;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(
    `Cannot read flag "--${name}": must be a whole number >= ${least}: current value is ${value}`,
  );
}

async function readTable(path: string): Promise<TraceTable> {
  const store = new SqliteTraceStore(path);
  try {
    return await traceTable(store.manifest(), store.rows());
  } finally {
    store.close();
  }
}

/** Full depth and the settings, by label. */
async function armsOf(
  texts: readonly string[],
  { manifest }: TraceTable,
): Promise<ReadonlyMap<string, ArmRequest>> {
  const context = { policies: BUILT_IN.policies, model: manifest.model };
  const arms = new Map<string, ArmRequest>();
  for (const text of [BASELINE, ...texts]) {
    for (const arm of await resolveArms([text], context)) arms.set(arm.label, arm);
  }
  return arms;
}

/** Settings of one policy that were refused for one reason. */
interface Refused {
  readonly policy: string;
  readonly reason: string;
  count: number;
}

function replayAll(
  replayer: Replayer,
  arms: readonly ArmRequest[],
): { points: readonly ReplayPoint[]; refused: ReadonlyMap<string, Refused> } {
  const points: ReplayPoint[] = [];
  const refused = new Map<string, Refused>();
  for (const arm of arms) {
    try {
      points.push(replayer.point(arm));
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      const policy = arm.plugin.name;
      const known = refused.get(policy);
      if (known === undefined) refused.set(policy, { policy, reason: error.message, count: 1 });
      else known.count++;
    }
  }
  return { points, refused };
}

/** What the numbers are of. */
function originLine({ manifest, size, items }: TraceTable): string {
  const { model, suites, backend, text, seed } = manifest;
  const clusters = new Set(items.map(({ suite, group }) => `${suite}/${group}`)).size;
  return oneLine([
    "replayed, not run",
    model.name,
    `suites ${suites.map((suite) => `${suite.name} (${suite.size})`).join(", ")}`,
    `${size} positions of ${items.length} items in ${clusters} clusters`,
    text.kind === "target" ? "targets" : `text of ${text.arm}`,
    `seed ${seed}`,
    `${backend.name} ${backend.kernels.replace("sha256:", "").slice(0, 8)}`,
  ].join(" · "));
}

function tellUntraced({ untraced }: TraceTable, io: Io): void {
  if (untraced.length === 0) return;
  io.say(`${untraced.length} items are left out: the first: ${oneLine(untraced[0]!.reason)}`);
}
