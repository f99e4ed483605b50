/**
 * The runner: carries a plan out, cell by cell, into a store. Failures are
 * rows; what is stored is not run again.
 *
 * @module
 */
import type { Pass, RunRecord } from "./contract/record.ts";
import { type PassArm, type PassItem, runsIn, takesPart } from "./passes/cells.ts";
import { freePass } from "./passes/free_pass.ts";
import { lockstepPass } from "./passes/lockstep_pass.ts";
import { cellsToRepeat, PassStreams } from "./passes/streams.ts";
import type { RunHandling, RunPlan } from "./run_request.ts";
import { runTimedPass } from "./timed_run.ts";

export { planRun } from "./plan_run.ts";
export type {
  ArmRequest,
  RunHandling,
  RunPlan,
  RunProgress,
  RunRequest,
  SuiteRequest,
} from "./run_request.ts";

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
        if (runsIn(item, pass)) await work.quality(pass, item);
      }
    }
  }
}

/** Units of work of one plan. */
class Work {
  readonly #plan: RunPlan;
  readonly #handling: RunHandling;
  readonly #done: Set<string>;
  /** Cells that were done when visits began to be timed within a budget. */
  #beforeTimed: number | undefined;
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

  async #keep(
    records: readonly RunRecord[],
    what: string,
    total: number = this.#plan.cells,
  ): Promise<void> {
    if (records.length > 0) await this.#handling.store.append(records);
    for (const { cell } of records) this.#done.add(cell);
    this.#handling.progress?.({ done: this.#done.size, total, what });
  }

  /** Cells in all, when a share of the time for timed visits is spent; of a fixed run its cells. */
  #totalAt(share: number | undefined): number {
    if (share === undefined) return this.#plan.cells;
    this.#beforeTimed ??= this.#done.size;
    const timed = this.#done.size - this.#beforeTimed;
    return this.#beforeTimed + Math.max(timed + 1, Math.round(timed / Math.max(share, 1e-3)));
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

  /** Timed pass of all items. */
  async timed(): Promise<void> {
    await runTimedPass(this.#plan, this.#handling, {
      isOpen: (item, arm, repetition) => this.#open(item, arm, { pass: "timed", repetition }),
      keep: (records, what, share) => this.#keep(records, what, this.#totalAt(share)),
    });
  }
}
