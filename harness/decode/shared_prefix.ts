/**
 * Many fixed plans over one known text: the blocks below the first one at which
 * a plan departs from full depth run once for all of them.
 *
 *     d(plan)  = leading blocks 0, 1, … that the plan runs whole, in order
 *     states   h_d of all rows, kept for every departure d
 *     plan     restore h_d, then the rest of the plan; entries are overwritten
 *
 * All rows of the text enter one step and all of them follow the plan, prompt
 * included, so a plan reads no entry but its own: blocks below d are full
 * depth's, those above are written by the plan before they are attended to.
 * With deletions of every block this saves half the work.
 *
 * @module
 */
import type { DecoderSession, DecoderStep, EntryFill, Row } from "../contract/backend.ts";
import { type HiddenMark, SHARED_READOUT } from "../contract/signal.ts";
import type { BoundPolicy } from "./bound_policy.ts";
import { guarded } from "./guarded.ts";
import { compilePlan, type PlanProgram } from "./plan_program.ts";

/** Most rows that enter one step; longer texts are run plan by plan. */
const MOST_ROWS = 512;

/** One plan of the text. */
export interface PrefixPlan {
  /** The compiled plan. */
  readonly program: PlanProgram;
  /** Fill of the blocks that it skips. */
  readonly fill: EntryFill;
}

/** What is run. */
export interface SharedPrefixRequest {
  /** An empty slot; it is empty again afterwards. */
  readonly slot: number;
  /** Prompt tokens, at least one. */
  readonly prompt: readonly number[];
  /** Tokens whose prediction is shown, at least one. */
  readonly target: readonly number[];
  /** The plans. */
  readonly plans: readonly PrefixPlan[];
  /** Called per plan and target token with the logits that predict it, [vocabSize], a view. */
  predicted(plan: number, index: number, logits: Float32Array): void;
}

/** The plan of a policy that can share; `undefined` for others. */
export function prefixPlanOf(
  bound: BoundPolicy,
  text: { readonly prompt: readonly number[]; readonly target: readonly number[] },
): PrefixPlan | undefined {
  if (bound.kind !== "plan" || !bound.fixed || !bound.actsOnPrompt) return undefined;
  const { fill, point } = bound;
  if (fill === "recompute" || text.prompt.length + text.target.length > MOST_ROWS) return undefined;
  const plan = bound.plan({
    ...point,
    phase: "decode",
    position: 0,
    emitted: 1,
    sequence: 0,
    uniform: () => 0,
    state: undefined,
  });
  return { program: compilePlan(plan, point.model.layerCount), fill };
}

/** Leading blocks that a plan runs as full depth does. */
export function departureOf({ instructions }: Pick<PlanProgram, "instructions">): number {
  const [first] = instructions;
  const whole = first?.kind === "run" && first.part === "block" && first.span.from === 0;
  return whole ? first.span.to : 0;
}

/** Runs all plans over the text and shows every prediction of each. */
export async function sharedPrefix(
  session: DecoderSession,
  { slot, prompt, target, plans, predicted }: SharedPrefixRequest,
): Promise<void> {
  const inputs = [...prompt, ...target.slice(0, -1)];
  const step = session.begin(inputs.map((token, position): Row => ({
    slot,
    position,
    token,
    phase: position < prompt.length ? "prompt" : "decode",
  })));
  const rows = inputs.map((_, row) => row);
  await guarded(step, async () => {
    const marks = markDepartures(step, { rows, plans });
    for (const [index, plan] of plans.entries()) {
      const departure = departureOf(plan.program);
      step.restore(marks.get(departure)!);
      runFrom(step, departure, { plan, rows });
      for (let i = 0; i < target.length; i++) {
        const pending = step.readLogits(SHARED_READOUT, [prompt.length - 1 + i]);
        predicted(index, i, "then" in pending ? await pending : pending);
      }
    }
  });
  step.commit([]);
}

/** Full depth up to the highest departure, with the states at all of them. */
function markDepartures(
  step: DecoderStep,
  { rows, plans }: { readonly rows: readonly number[]; readonly plans: readonly PrefixPlan[] },
): ReadonlyMap<number, HiddenMark> {
  const marks = new Map<number, HiddenMark>();
  let height = 0;
  const departures = new Set(plans.map(({ program }) => departureOf(program)));
  for (const departure of [...departures].sort((a, b) => a - b)) {
    if (departure > height) step.run({ from: height, to: departure }, "block", rows);
    height = departure;
    marks.set(departure, step.mark(rows));
  }
  return marks;
}

/** The rest of a plan, from its departure. */
function runFrom(
  step: DecoderStep,
  departure: number,
  { plan: { program, fill }, rows }: {
    readonly plan: PrefixPlan;
    readonly rows: readonly number[];
  },
): void {
  const rest = departure > 0 ? program.instructions.slice(1) : program.instructions;
  for (const instruction of rest) {
    if (instruction.kind === "fill") step.fillKv(instruction.span, fill, rows);
    else step.run(instruction.span, instruction.part, rows, instruction.pass);
  }
}
