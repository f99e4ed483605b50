/**
 * The runner: carries a plan out, cell by cell, into a store. Failures are
 * rows; what is stored is not run again.
 *
 * @module
 */
import type { Pass, RunRecord } from "./contract/record.ts";
import { judgeWarmUp } from "./measure/warm_up.ts";
import { type PassArm, type PassContext, type PassItem, takesPart } from "./passes/cells.ts";
import { freePass } from "./passes/free_pass.ts";
import { lockstepPass } from "./passes/lockstep_pass.ts";
import { cellsToRepeat, PassStreams } from "./passes/streams.ts";
import { TimedItem } from "./passes/timed_pass.ts";
import type { RunHandling, RunPlan } from "./run_request.ts";

export { planRun } from "./plan_run.ts";
export type {
  ArmRequest,
  RunHandling,
  RunPlan,
  RunProgress,
  RunRequest,
  SuiteRequest,
} from "./run_request.ts";

/** Time that warm-up may take, ms. */
const WARM_UP_BUDGET_MS = 20_000;

/** Carries a plan out. Cells that the store holds are not run again. */
export async function runPlan(plan: RunPlan, handling: RunHandling): Promise<void> {
  const { store } = handling;
  await store.open(plan.manifest, plan.items, plan.planned);
  const work = new Work(plan, handling);
  for (const pass of plan.request.passes) {
    if (pass === "timed") await work.timed();
    else {
      work.begin(pass);
      for (const item of plan.encoded) {
        if (handling.signal?.aborted) return;
        await work.quality(pass, item);
      }
    }
  }
}

/** Units of work of one plan. */
class Work {
  readonly #plan: RunPlan;
  readonly #handling: RunHandling;
  readonly #done: Set<string>;
  #streams: PassStreams = new PassStreams();

  constructor(plan: RunPlan, handling: RunHandling) {
    this.#plan = plan;
    this.#handling = handling;
    this.#done = new Set(handling.store.done());
  }

  #open(item: PassItem, arm: PassArm, at: { pass: Pass; repetition: number }): boolean {
    const { context, owns } = this.#plan;
    return (owns?.(item, arm, at.pass) ?? true) &&
      !this.#done.has(context.cell(item, { arm, ...at }));
  }

  async #keep(records: readonly RunRecord[], what: string): Promise<void> {
    if (records.length > 0) await this.#handling.store.append(records);
    for (const { cell } of records) this.#done.add(cell);
    this.#handling.progress?.({ done: this.#done.size, total: this.#plan.cells, what });
  }

  /** Starts a pass whose items go in order. */
  begin(pass: "free" | "lockstep"): void {
    this.#streams = new PassStreams();
    for (const cell of cellsToRepeat(this.#plan, { pass, done: this.#done })) {
      this.#done.delete(cell);
    }
  }

  /** Free or lockstep pass of one item. */
  async quality(pass: "free" | "lockstep", item: PassItem): Promise<void> {
    const { context } = this.#plan;
    const arms = context.arms.filter((arm) =>
      takesPart(arm, pass) && this.#open(item, arm, { pass, repetition: 0 })
    );
    if (arms.length === 0) return;
    const what = `${pass} ${item.suite.name}`;
    const streams = this.#streams;
    if (pass === "lockstep") {
      const streamOf = (arm: PassArm) => streams.of(arm);
      return await this.#keep(await lockstepPass(context, item, { arms, streamOf }), what);
    }
    const records: RunRecord[] = [];
    for (const arm of arms) {
      records.push(await freePass(context, item, { arm, stream: streams.of(arm) }));
    }
    await this.#keep(records, what);
  }

  /** Timed pass of all items, after a warm-up on the first. */
  async timed(): Promise<void> {
    const { encoded, request } = this.#plan;
    const arms = this.#plan.context.arms.filter((arm) => takesPart(arm, "timed"));
    const context = { ...this.#plan.context, arms };
    const recorded = this.#handling.recordedClock;
    const now = () => recorded?.now() ?? this.#handling.now?.() ?? performance.now();
    recorded?.enter("timed pass");
    const options = {
      tokens: request.timedTokens,
      now,
      start: now(),
      enter: (section: string) => recorded?.enter(section),
    };
    let warm = recorded?.isReplayed ?? false;
    for (const item of encoded) {
      const open = Array.from({ length: request.repetitions }, (_, repetition) => repetition)
        .filter((repetition) =>
          context.arms.some((arm) => this.#open(item, arm, { pass: "timed", repetition }))
        );
      if (open.length === 0) continue;
      if (item.refusal !== undefined) {
        await this.#keep(refusals(context, item, open), `timed ${item.suite.name}`);
        continue;
      }
      const visits = new TimedItem(context, item, options);
      try {
        await visits.prepare();
        if (!warm) await this.#warmUp(visits, now);
        warm = true;
        for (const repetition of open) {
          if (this.#handling.signal?.aborted) return;
          await this.#keep(await visits.visit(repetition), `timed ${item.suite.name}`);
        }
      } finally {
        visits.close();
      }
    }
  }

  async #warmUp(visits: TimedItem, now: () => number): Promise<void> {
    const arms = this.#plan.context.arms.filter((arm) => takesPart(arm, "timed"));
    const timesMs = arms.map((): number[] => []);
    const start = now();
    for (let block = 0;; block++) {
      const records = await visits.visit(block);
      if (this.#handling.signal?.aborted) return;
      arms.forEach(({ arm }, i) => {
        const record = records.find((each) => each.arm === arm.label);
        if (record?.pass === "timed" && record.outcome === "ok") timesMs[i]!.push(record.decodeMs);
      });
      const ran = timesMs.filter((times) => times.length > 0);
      const state = judgeWarmUp({ timesMs: ran, elapsedMs: now() - start }, {
        budgetMs: WARM_UP_BUDGET_MS,
      });
      if (state !== "continue") return;
    }
  }
}

function refusals(
  context: PassContext,
  item: PassItem,
  repetitions: readonly number[],
): readonly RunRecord[] {
  return repetitions.flatMap((repetition) =>
    context.arms.map((arm): RunRecord => ({
      cell: context.cell(item, { arm, pass: "timed", repetition }),
      suite: item.suite.name,
      item: item.item.id,
      group: item.item.group ?? item.item.id,
      arm: arm.arm.label,
      repetition,
      pass: "timed",
      outcome: "skipped",
      reason: item.refusal!,
    }))
  );
}
