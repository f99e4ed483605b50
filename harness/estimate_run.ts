/**
 * How long a run will take and how much memory it holds, from a short probe.
 *
 * For each pass and suite the item of median length is really run once, with the
 * baseline and at most two other arms, and its time T is scaled up:
 *
 *     free      T · arms / probed · items
 *     lockstep  T · (arms + 1) / (probed + 1) · items        (+ 1: full depth itself)
 *     timed     (preparation + visit · repetitions) · arms / probed · items, and warm-up
 *
 * First one suite of every pass, then the others, until the probe's budget is
 * spent; a suite that was not reached is priced by the tokens of those that were.
 * What a store already holds is left out. Within a factor of two on a quiet
 * machine: items of one suite differ, and policies end early or late.
 *
 * @module
 */
import type { Row, SessionMemory } from "./contract/backend.ts";
import type { Manifest, Pass } from "./contract/record.ts";
import { memoryStore } from "./memory_store.ts";
import { sum } from "./numerics/moments.ts";
import { type PassArm, type PassItem, runsIn, takesPart } from "./passes/cells.ts";
import type { RunPlan } from "./run_request.ts";
import { runPlan } from "./runner.ts";

/** Visits that warm-up usually takes, and the most time that it may take, ms. */
const WARM_UP = { visits: 8, mostMs: 20_000 };

/** Rows that enter a step together when memory is looked at. */
const MEMORY_ROWS = 512;

/** Arms that the probe runs. */
const PROBED_ARMS = 3;

/** One pass of a run to come. */
export interface PassEstimate {
  /** The pass. */
  readonly pass: Pass;
  /** Its cells. */
  readonly cells: number;
  /** Of these, cells that are stored already. */
  readonly done: number;
  /** Time of the rest, ms. */
  readonly ms: number;
}

/** A run to come. */
export interface RunEstimate {
  /** Pass by pass. */
  readonly passes: readonly PassEstimate[];
  /** Cells of all passes. */
  readonly cells: number;
  /** Of these, stored already. */
  readonly done: number;
  /** Time of the rest, ms. */
  readonly ms: number;
  /** Bytes that the session holds while the longest sequence of the run is open. */
  readonly memory: SessionMemory;
  /** What the probe took, ms. */
  readonly probeMs: number;
  /** Pairs of pass and suite that were priced by tokens, not probed. */
  readonly priced: number;
}

/** How to probe. */
export interface ProbeOptions {
  /** Cells that are stored. */
  readonly done: ReadonlySet<string>;
  /** Time after which no further suite is probed, ms. */
  readonly budgetMs: number;
  /** Monotonic time, ms. */
  now(): number;
}

/** Probes a plan. Nothing is stored. */
export async function estimateRun(plan: RunPlan, options: ProbeOptions): Promise<RunEstimate> {
  const { now } = options;
  const start = now();
  const parts = partsOf(plan, options.done);
  const runnable = parts.filter(({ left, median }) => left > 0 && median !== undefined);
  const priced = new Map<Part, number>();
  if (runnable.length > 0) await probe(plan, { part: runnable[0]!, now, tokens: 1 }); // compiles
  const probed: { readonly part: Part; readonly unit: Unit }[] = [];
  const passesSeen = new Set<Pass>();
  const ordered = runnable.toSorted((a, b) => a.round - b.round);
  for (const part of ordered) {
    if (passesSeen.has(part.pass) && now() - start > options.budgetMs) continue;
    passesSeen.add(part.pass);
    probed.push({ part, unit: await probe(plan, { part, now }) });
  }
  for (const part of runnable) {
    const own = probed.find((each) => each.part === part);
    priced.set(part, partMs(plan, { part, unit: own?.unit ?? unitByTokens(part, probed) }));
  }
  const passes = plan.request.passes.map((pass): PassEstimate => {
    const own = parts.filter((part) => part.pass === pass);
    const cells = sum(own.map((part) => part.cells));
    const done = sum(own.map((part) => part.done));
    const budget = pass === "timed" ? plan.manifest.timeBudgetMs : undefined;
    const ms = budget ?? sum(own.map((part) => priced.get(part) ?? 0)) +
        (pass === "timed" ? warmUpMs(probed) : 0);
    return { pass, cells, done, ms: done === cells ? 0 : ms };
  });
  return {
    passes,
    cells: sum(passes.map(({ cells }) => cells)),
    done: sum(passes.map(({ done }) => done)),
    ms: sum(passes.map(({ ms }) => ms)),
    memory: memoryOf(plan),
    probeMs: now() - start,
    priced: runnable.length - probed.length,
  };
}

/** One pass of one suite. */
interface Part {
  readonly pass: Pass;
  readonly arms: readonly PassArm[];
  /** Runnable item of median length; absent when there is none. */
  readonly median: PassItem | undefined;
  readonly cells: number;
  readonly done: number;
  /** Items that still have cells to run. */
  readonly left: number;
  /** 0 for the first suite of each pass, then 1, … */
  readonly round: number;
}

/** Times of one item, ms. */
interface Unit {
  /** Once per item. */
  readonly itemMs: number;
  /** Once per repetition; 0 outside timed passes. */
  readonly visitMs: number;
}

function partsOf(plan: RunPlan, done: ReadonlySet<string>): readonly Part[] {
  const { context, encoded, request } = plan;
  return request.passes.flatMap((pass) => {
    const arms = context.arms.filter((arm) => takesPart(arm, pass));
    const repetitions = pass === "timed" ? request.repetitions : 1;
    return request.suites.map(({ plugin }, round): Part => {
      const items = encoded.filter((item) => item.suite === plugin && runsIn(item, pass));
      const open = items.map((item) =>
        arms.filter((arm) => plan.owns?.(item, arm, pass) ?? true).flatMap((arm) =>
          Array.from(
            { length: repetitions },
            (_, repetition) => done.has(context.cell(item, { arm, pass, repetition })),
          )
        )
      );
      const runnable = items.filter((item, i) =>
        item.refusal === undefined && open[i]!.includes(false)
      )
        .toSorted((a, b) => tokensOf(a) - tokensOf(b));
      return {
        pass,
        arms,
        median: runnable[runnable.length >> 1],
        cells: sum(open.map((cells) => cells.length)),
        done: sum(open.map((cells) => cells.filter(Boolean).length)),
        left: runnable.length,
        round,
      };
    });
  });
}

function tokensOf({ prompt, target, maxTokens }: PassItem): number {
  return prompt.length + Math.max(target.length, maxTokens);
}

/** Baseline and arms spread over the rest; in timed passes the sentinel is one of them. */
function sampleOf(arms: readonly PassArm[]): readonly PassArm[] {
  if (arms.length <= PROBED_ARMS) return arms;
  return [arms[0]!, arms[arms.length >> 1]!, arms.at(-1)!];
}

async function probe(
  plan: RunPlan,
  { part, now, tokens }: { readonly part: Part; now(): number; readonly tokens?: number },
): Promise<Unit> {
  const store = memoryStore();
  const item = tokens === undefined ? part.median! : { ...part.median!, maxTokens: tokens };
  const start = now();
  await runPlan({
    ...plan,
    manifest: withoutBudget(plan.manifest),
    encoded: [item],
    context: { ...plan.context, arms: sampleOf(part.arms) },
    request: { ...plan.request, passes: [part.pass], repetitions: 1 },
    owns: () => true,
  }, {
    store,
    recordedClock: { enter() {}, now: () => now(), isReplayed: true }, // no warm-up
  });
  const ms = now() - start;
  const { records } = await store.read();
  const visitMs = sum(
    records.map((record) =>
      record.pass === "timed" && record.outcome === "ok" ? record.decodeMs : 0
    ),
  );
  return { itemMs: Math.max(0, ms - visitMs), visitMs };
}

/** Times of an item that was not probed: those of the same pass, by tokens. */
function unitByTokens(
  part: Part,
  probed: readonly { readonly part: Part; readonly unit: Unit }[],
): Unit {
  const same = probed.filter((each) => each.part.pass === part.pass);
  const share = tokensOf(part.median!) / sum(same.map((each) => tokensOf(each.part.median!)));
  return {
    itemMs: share * sum(same.map(({ unit }) => unit.itemMs)),
    visitMs: share * sum(same.map(({ unit }) => unit.visitMs)),
  };
}

function partMs(plan: RunPlan, { part, unit }: { part: Part; unit: Unit }): number {
  const { pass, arms, left, cells, done } = part;
  const probed = sampleOf(arms).length;
  const scale = pass === "lockstep" ? (arms.length + 1) / (probed + 1) : arms.length / probed;
  const visits = plan.request.repetitions * (cells === 0 ? 1 : (cells - done) / cells);
  return scale * left * (unit.itemMs + (pass === "timed" ? unit.visitMs * visits : 0));
}

function warmUpMs(
  probed: readonly { readonly part: Part; readonly unit: Unit }[],
): number {
  const first = probed.find(({ part }) => part.pass === "timed");
  if (first === undefined) return 0;
  const scale = first.part.arms.length / sampleOf(first.part.arms).length;
  return Math.min(WARM_UP.mostMs, WARM_UP.visits * scale * first.unit.visitMs);
}

/** The same run with fixed repetitions: a probe visits each item once. */
function withoutBudget({ timeBudgetMs: _budget, looks: _looks, ...manifest }: Manifest): Manifest {
  return manifest;
}

/** What the session holds while the longest sequence of the run is open. */
function memoryOf({ context: { session }, encoded }: RunPlan): SessionMemory {
  const longest = encoded.filter(({ refusal }) => refusal === undefined)
    .toSorted((a, b) => tokensOf(b) - tokensOf(a))[0];
  const tokens = longest === undefined ? [] : [...longest.prompt, ...longest.target];
  const slot = session.newSlot();
  try {
    for (let from = 0; from < tokens.length; from += MEMORY_ROWS) {
      const rows = tokens.slice(from, from + MEMORY_ROWS).map((token, i): Row => ({
        slot,
        position: from + i,
        token,
        phase: "prompt",
      }));
      const step = session.begin(rows);
      step.run({ from: 0, to: session.model.layerCount }, "block");
      step.commit();
    }
    return session.memory();
  } finally {
    session.release(slot);
  }
}
