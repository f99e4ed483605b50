/**
 * Checking a replay: points of the front are run for real, on the same texts.
 *
 * @module
 */
import { InputError, UsageError } from "../harness/contract/errors.ts";
import { memoryStore } from "../harness/memory_store.ts";
import type { CurveOptions, CurvePoint } from "../harness/replay/curve.ts";
import { realRun } from "../harness/replay/real_run.ts";
import type { Replayer } from "../harness/replay/replayer.ts";
import { type ArmRequest, runPlan } from "../harness/runner.ts";
import type { TraceManifest } from "../harness/trace/trace_store.ts";
import type { Io } from "./command.ts";
import { nextTurn } from "./next_turn.ts";
import type { CheckedPoint } from "./replay_table.ts";
import { planNamed } from "./trace_plan.ts";

/** What is checked. */
export interface ReplayCheck {
  /** The replay. */
  readonly replayer: Replayer;
  /** Points to run. */
  readonly points: readonly CurvePoint[];
  /** Arms of all settings, by label. */
  readonly arms: ReadonlyMap<string, ArmRequest>;
  /** The traced model, by name or path. */
  readonly model: string;
  /** Its trained parts: `embedded:<set>` or paths. */
  readonly parts: readonly string[];
  /** How intervals are made. */
  readonly options: CurveOptions;
}

/**
 * Runs the points; `undefined` when it was interrupted. Throws `InputError` where
 * the model, backend or suites are not those of the trace.
 */
export async function checkReplay(
  { replayer, points, arms, model, parts, options }: ReplayCheck,
  io: Io,
): Promise<readonly CheckedPoint[] | undefined> {
  const { manifest } = replayer.table;
  if (manifest.text.kind === "free") {
    throw new UsageError(
      `Cannot check a replay of text that "${manifest.text.arm}" wrote: expected the suites' ` +
        "targets, which a run can be given: trace with --text target",
    );
  }
  const plan = await planNamed({
    model,
    backend: manifest.backend.name,
    parts,
    suites: manifest.suites.map(({ name, size, split, seed, items }) => ({
      name,
      size,
      split,
      seed,
      limit: items,
    })),
    arms: points.map(({ label }) => arms.get(label)!),
    pass: "lockstep",
    seed: manifest.seed,
    maxTokens: manifest.maxTokens,
  });
  const line = io.progress();
  try {
    refuseOthers(manifest, plan.manifest);
    const store = memoryStore();
    await runPlan(plan, {
      store: {
        ...store,
        async append(records): Promise<void> {
          await store.append(records);
          await nextTurn();
        },
      },
      progress: (progress) => line.update(progress),
      signal: io.signal,
    });
    line.end();
    if (io.signal.aborted) return undefined;
    const { records } = await store.read();
    return points.map((point) => {
      const setting = arms.get(point.label)!;
      const own = records.filter(({ arm }) => arm === point.label);
      return { point, real: realRun(replayer, { setting, records: own }, options) };
    });
  } finally {
    line.end();
    plan.close();
  }
}

type Identity = Pick<TraceManifest, "model" | "tokenizer" | "backend" | "suites">;

function refuseOthers(traced: TraceManifest, planned: Identity): void {
  const differs = (what: string, of: (manifest: Identity) => unknown, wayOut: string) => {
    if (JSON.stringify(of(traced)) === JSON.stringify(of(planned))) return;
    throw new InputError(`Cannot check the replay: the trace is of another ${what}: ${wayOut}`);
  };
  differs(
    "model",
    ({ model, tokenizer }) => [model.digest, tokenizer],
    `name the model with --model: it was "${traced.model.name}"`,
  );
  differs("backend", ({ backend }) => [backend.name, backend.kernels], "trace again");
  differs("suite", ({ suites }) => suites.map(({ digest }) => digest), "trace again");
}
