/**
 * The timed pass of a plan: its items visited a fixed number of times, or as long
 * as verdicts are open within a time budget.
 *
 * Before the first visit the session is stretched and warmed up. Within a budget
 * every visit runs full depth, its copy, and the arms whose verdict was open at
 * the last look; the pass ends when no verdict is open or the budget is spent.
 *
 * @module
 */
import type { RunRecord, TimedRecord } from "./contract/record.ts";
import {
  inTurn,
  lookAtMs,
  looksDue,
  nextPrompt,
  nextRepetitions,
} from "./measure/budget_schedule.ts";
import { judgeWarmUp } from "./measure/warm_up.ts";
import type { TimedVisits } from "./passes/arm_visits.ts";
import { type PassArm, type PassContext, type PassItem, takesPart } from "./passes/cells.ts";
import { SpeedCellItem } from "./passes/speed_cell.ts";
import { stretchSession } from "./passes/stretch.ts";
import type { TimedOptions } from "./passes/timed_decode.ts";
import { TimedItem } from "./passes/timed_pass.ts";
import type { RunHandling, RunPlan } from "./run_request.ts";
import { openVerdicts } from "./summary/open_verdicts.ts";

/** Time that warm-up may take, ms. */
const WARM_UP_BUDGET_MS = 20_000;

/** What the runner gives to a pass. */
export interface TimedWork {
  /** Whether a cell of this pass is to be run. */
  isOpen(item: PassItem, arm: PassArm, repetition: number): boolean;
  /** Stores records; `share` of a time budget is spent. */
  keep(records: readonly RunRecord[], what: string, share?: number): Promise<void>;
}

/** Runs the timed pass. Cells that the store holds are not run again. */
export async function runTimedPass(
  plan: RunPlan,
  handling: RunHandling,
  work: TimedWork,
): Promise<void> {
  const stored = plan.manifest.timeBudgetMs === undefined
    ? []
    : (await handling.store.read()).records.filter(isTimed);
  const pass = new TimedPass(plan, { handling, work, stored });
  await (plan.manifest.timeBudgetMs === undefined ? pass.repeat() : pass.spend());
}

interface PassParts {
  readonly handling: RunHandling;
  readonly work: TimedWork;
  /** Records of a budgeted pass that was cut off. */
  readonly stored: readonly TimedRecord[];
}

class TimedPass {
  readonly #plan: RunPlan;
  readonly #parts: PassParts;
  readonly #context: PassContext;
  readonly #options: TimedOptions;
  readonly #records: TimedRecord[];
  /** Time that the stored records took, ms. */
  readonly #spentMs: number;
  #isReady: boolean;
  #isStretched = false;
  #isSteady = true;

  constructor(plan: RunPlan, parts: PassParts) {
    const { handling, stored } = parts;
    const recorded = handling.recordedClock;
    const arms = plan.context.arms.filter((arm) => takesPart(arm, "timed"));
    const now = () => recorded?.now() ?? handling.now?.() ?? performance.now();
    recorded?.enter("timed pass");
    this.#plan = plan;
    this.#parts = parts;
    this.#context = { ...plan.context, arms };
    this.#records = [...stored];
    this.#spentMs = endOf(stored);
    this.#isReady = recorded?.isReplayed ?? false;
    const { clockStepMs: stepMs, clockCostMs: costMs } = plan.request.environment;
    this.#options = {
      tokens: plan.request.timedTokens,
      now,
      start: now() - (recorded === undefined ? this.#spentMs : 0),
      clock: { stepMs, costMs },
      enter: (section) => recorded?.enter(section),
    };
  }

  get #isAborted(): boolean {
    return this.#parts.handling.signal?.aborted ?? false;
  }

  /** Every item as often as the plan says. */
  async repeat(): Promise<void> {
    const { encoded, request } = this.#plan;
    const { isOpen } = this.#parts.work;
    for (const item of encoded) {
      const open = Array.from({ length: request.repetitions }, (_, repetition) => repetition)
        .filter((repetition) => this.#context.arms.some((arm) => isOpen(item, arm, repetition)));
      if (open.length === 0) continue;
      if (item.refusal !== undefined) {
        await this.#keep(item, refusals(this.#context, item, open));
        continue;
      }
      const visits = this.#visitsOf(item);
      try {
        await this.#makeReady(visits);
        for (const repetition of open) {
          if (this.#isAborted) return;
          await this.#keep(item, await visits.visit(repetition));
        }
      } finally {
        visits.close();
      }
    }
  }

  /** Items in turn, as long as verdicts are open and there is time. */
  async spend(): Promise<void> {
    const items = inTurn(this.#plan.encoded, ({ suite }) => suite);
    await this.#refuse(items.filter(({ refusal }) => refusal !== undefined));
    const runnable = items.filter(({ refusal }) => refusal === undefined);
    const visits = runnable.map((item) => this.#visitsDone(item));
    const kept = new Map<PassItem, TimedVisits>();
    const out = new Set<number>(); // prompts on which full depth fails
    const failing = new Set<string>(); // arms that fail on an item, asked once
    while (!this.#isAborted) {
      const arms = this.#openArms();
      const place = nextPrompt(visits, (prompt) => out.has(prompt));
      if (arms.length === 0 || place === undefined) return;
      const item = runnable[place]!;
      const own = kept.get(item) ?? this.#visitsOf(item);
      kept.set(item, own);
      const key = ({ arm }: PassArm) => `${item.suite.name}/${item.item.id}/${arm.label}`;
      try {
        await this.#makeReady(own);
        for (const repetition of nextRepetitions(visits[place]!)) {
          if (this.#isAborted) return;
          const asked = arms.filter((arm) => !failing.has(key(arm)));
          const records = await own.visit(repetition, asked);
          await this.#keep(item, records);
          visits[place] = repetition + 1;
          for (const arm of asked) {
            const failed = records.some((record) =>
              record.arm === arm.arm.label && record.outcome !== "ok"
            );
            if (failed) failing.add(key(arm));
            if (failed && arm.arm.role === "baseline") out.add(place);
          }
        }
      } finally {
        own.close();
      }
    }
  }

  /** Full depth, its copy, and the arms whose verdict is open; none when all is decided or spent. */
  #openArms(): readonly PassArm[] {
    const { manifest } = this.#plan;
    const { timeBudgetMs: budgetMs = 0, looks = 1, arms, margin, seed } = manifest;
    const elapsedMs = this.#elapsedMs();
    if (elapsedMs >= budgetMs) return [];
    const look = looksDue({ budgetMs, looks, elapsedMs });
    if (look === 0) return this.#context.arms;
    const open = this.#openAt(look, () => {
      const end = lookAtMs(look, { budgetMs, looks });
      const records = this.#records.filter(({ startMs = 0 }) => startMs < end);
      return openVerdicts({ arms, records, margin, looks, seed });
    });
    if (open.size === 0) return [];
    return this.#context.arms.filter(({ arm }) => arm.role !== "policy" || open.has(arm.label));
  }

  #lastLook: { readonly look: number; readonly open: ReadonlySet<string> } | undefined;

  /** Each look is taken once. */
  #openAt(look: number, judge: () => ReadonlySet<string>): ReadonlySet<string> {
    if (this.#lastLook?.look !== look) this.#lastLook = { look, open: judge() };
    return this.#lastLook.open;
  }

  /** By a recorded clock, whose readings belong to cells, only records tell the time. */
  #elapsedMs(): number {
    if (this.#parts.handling.recordedClock !== undefined) return endOf(this.#records);
    return this.#options.now() - this.#options.start;
  }

  /** Visits of an item that are stored, without a gap. */
  #visitsDone(item: PassItem): number {
    const baseline = this.#context.arms[0]!;
    let visits = 0;
    while (!this.#parts.work.isOpen(item, baseline, visits)) visits++;
    return visits;
  }

  async #refuse(items: readonly PassItem[]): Promise<void> {
    const baseline = this.#context.arms[0]!;
    for (const item of items) {
      if (!this.#parts.work.isOpen(item, baseline, 0)) continue;
      await this.#keep(item, refusals(this.#context, item, [0]));
    }
  }

  #visitsOf(item: PassItem): TimedVisits {
    return item.item.shape === undefined
      ? new TimedItem(this.#context, item, this.#options)
      : new SpeedCellItem(this.#context, item, this.#options);
  }

  /** Prepares an item; before the first one, stretches the session and warms up. */
  async #makeReady(visits: TimedVisits): Promise<void> {
    if (!this.#isStretched) {
      const { context, encoded, request } = this.#plan;
      await stretchSession(context, encoded, { passes: request.passes, timed: this.#options });
      this.#isStretched = true;
    }
    await visits.prepare();
    if (!this.#isReady) this.#isSteady = await this.#warmUp(visits);
    this.#isReady = true;
  }

  /** Whether the times became steady. */
  async #warmUp(visits: TimedVisits): Promise<boolean> {
    const { arms } = this.#context;
    const { now } = this.#options;
    const timesMs = arms.map((): number[] => []);
    const start = now();
    for (let block = 0;; block++) {
      const records = await visits.visit(block);
      if (this.#isAborted) return true;
      arms.forEach(({ arm }, i) => {
        const record = records.find((each) => each.arm === arm.label);
        if (record !== undefined && isTimed(record)) timesMs[i]!.push(record.decodeMs);
      });
      const ran = timesMs.filter((times) => times.length > 0);
      const state = judgeWarmUp({ timesMs: ran, elapsedMs: now() - start }, {
        budgetMs: WARM_UP_BUDGET_MS,
      });
      if (state !== "continue") return state === "steady";
    }
  }

  async #keep({ suite }: PassItem, records: readonly RunRecord[]): Promise<void> {
    const marked = this.#isSteady
      ? records
      : records.map((record): RunRecord =>
        isTimed(record) ? { ...record, warmUp: "noisy" } : record
      );
    this.#records.push(...marked.filter(isTimed));
    const { timeBudgetMs } = this.#plan.manifest;
    const share = timeBudgetMs === undefined ? undefined : this.#elapsedMs() / timeBudgetMs;
    await this.#parts.work.keep(marked, `timed ${suite.name}`, share);
  }
}

function isTimed(record: RunRecord): record is TimedRecord {
  return record.pass === "timed" && record.outcome === "ok";
}

/** End of the last of some records, ms since the pass began. */
function endOf(records: readonly TimedRecord[]): number {
  return records.reduce((end, { startMs = 0, decodeMs }) => Math.max(end, startMs + decodeMs), 0);
}

function refusals(
  context: PassContext,
  item: PassItem,
  repetitions: readonly number[],
): readonly RunRecord[] {
  const { id, group, level } = item.item;
  return repetitions.flatMap((repetition) =>
    context.arms.map((arm): RunRecord => ({
      cell: context.cell(item, { arm, pass: "timed", repetition }),
      suite: item.suite.name,
      item: id,
      group: group ?? id,
      ...(level === undefined ? {} : { level }),
      arm: arm.arm.label,
      repetition,
      pass: "timed",
      outcome: "skipped",
      reason: item.refusal!,
    }))
  );
}
