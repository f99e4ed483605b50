/**
 * Drafting tokens one after the other: in the round's own step up to an exit, or in
 * a step of its own under a plan that verification cannot go on from.
 *
 * Drafting stops at the most tokens, at an end of sequence, or where the policy says.
 *
 * @module
 */
import type { DecoderSession, DecoderStep, Row } from "../../contract/backend.ts";
import type { Plan } from "../../contract/policy.ts";
import type { Continuation, DraftExit } from "../../contract/round.ts";
import { type Readout, SHARED_READOUT, type SignalRequest } from "../../contract/signal.ts";
import { argmax } from "../../numerics/logits.ts";
import { drawFrom, type SamplingEdits, samplingLaw } from "../../numerics/sampling.ts";
import type { BoundRounds } from "../bound_rounds.ts";
import { guarded } from "../guarded.ts";
import { compilePlan } from "../plan_program.ts";
import type { RoundPlace } from "./round_place.ts";
import type { RowStack } from "./row_stack.ts";

/** What a draft holds. */
export interface Draft {
  /** Drafted tokens. */
  readonly tokens: number[];
  /** Height at which each was read out; 0 for known tokens. */
  readonly heights: number[];
  /** Declared signals of each. */
  readonly signals: Readonly<Record<string, number>>[];
  /** Law that each was drawn from, [vocabSize]; absent where tokens are not drawn. */
  readonly laws: (Float64Array | undefined)[];
}

/** An empty draft. */
export function emptyDraft(): Draft {
  return { tokens: [], heights: [], signals: [], laws: [] };
}

/** What drafting needs of its round. */
export interface Drafting {
  /** The policy. */
  readonly bound: BoundRounds;
  /** The point that it sees. */
  readonly place: RoundPlace;
  /** Most tokens. */
  readonly most: number;
  /** Ids that end the text. */
  readonly eos: readonly number[];
  /** Edits of the laws; tokens are the likeliest when absent. */
  readonly sampling: SamplingEdits | undefined;
  /** Row of the next token. */
  rowOf(token: number, index: number): Row;
}

/** Reads the draft's next token from a row and asks what follows; to climb takes no token. */
async function readNext(
  step: DecoderStep,
  draft: Draft,
  { row, height, readout, drafting }: {
    readonly row: number;
    readonly height: number;
    readonly readout: Readout;
    readonly drafting: Drafting;
  },
): Promise<Continuation> {
  const { bound, place, sampling } = drafting;
  const index = draft.tokens.length;
  const signals: Record<string, number> = {};
  let token = -1;
  let law: Float64Array | undefined;
  if (sampling !== undefined) {
    const reading = step.readLogits(readout, [row]);
    const logits = "then" in reading ? await reading : reading;
    law = new Float64Array(logits.length);
    samplingLaw(law, logits, sampling);
    token = argmax(logits);
  } else if (bound.signals.length === 0) {
    const reading = step.readToken(readout, [row]);
    token = ("then" in reading ? await reading : reading).tokens[0]!;
  }
  if (bound.signals.length > 0) {
    const names = ["token", ...bound.signals] as const;
    const requests = names.map((signal): SignalRequest => ({ kind: "readout", signal, readout }));
    const reading = step.readSignals(requests, [row]);
    const { values, offsets } = "then" in reading ? await reading : reading;
    token = values[offsets[0]!]!;
    bound.signals.forEach((name, i) => signals[name] = values[offsets[i + 1]!]!);
  }
  place.drafted = index + 1;
  place.token = token;
  place.height = height;
  place.signals = signals;
  const next = bound.decides ? bound.decide(place) : "go_on";
  if (next === "climb") return next;
  // Drawn only now: a policy that saw the draw could refuse some tokens and so bend the law.
  draft.tokens.push(law === undefined ? token : drawFrom(law, place.chance("draft", index)));
  draft.heights.push(height);
  draft.signals.push(signals);
  draft.laws.push(law);
  return next;
}

function isOver(draft: Draft, { most, eos }: Drafting): boolean {
  return draft.tokens.length >= most || eos.includes(draft.tokens.at(-1)!);
}

/** Drafts up to exits in the round's step; the last drafted token has no row yet. */
export async function draftByExits(
  stack: RowStack,
  exits: readonly DraftExit[],
  drafting: Drafting,
): Promise<Draft> {
  const draft = emptyDraft();
  const { layerCount } = drafting.place.model;
  while (drafting.most > 0) {
    const row = stack.count - 1;
    let next: Continuation = "climb";
    for (let i = 0; next === "climb" && i < exits.length; i++) {
      const { height, head } = exits[i]!;
      stack.raise(height);
      next = await readNext(stack.step, draft, { row, height, readout: { head }, drafting });
    }
    if (next === "climb") {
      stack.raise(layerCount);
      await readNext(stack.step, draft, {
        row,
        height: layerCount,
        readout: SHARED_READOUT,
        drafting: { ...drafting, bound: { ...drafting.bound, decides: false } },
      });
      next = "stop";
    }
    if (next === "stop" || isOver(draft, drafting)) break;
    stack.add(drafting.rowOf(draft.tokens.at(-1)!, draft.tokens.length - 1));
  }
  return draft;
}

/**
 * Drafts under any plan from rows that stand at the bottom, in a step of its own of
 * which nothing stays. Blocks that the plan leaves out have no entries for these
 * rows, and no row of the draft asks for them.
 */
export async function draftByPlan(
  session: DecoderSession,
  plan: Plan,
  { start, drafting, ran }: {
    readonly start: readonly Row[];
    readonly drafting: Drafting;
    /** Told of blocks run, summed over rows. */
    readonly ran: (blocks: number) => void;
  },
): Promise<Draft> {
  const draft = emptyDraft();
  if (drafting.most === 0) return draft;
  const program = compilePlan(plan, drafting.place.model.layerCount);
  const step = session.begin(start);
  await guarded(step, async () => {
    let rows = start.map((_, row) => row);
    for (;;) {
      for (const instruction of program.instructions) {
        if (instruction.kind !== "run") continue;
        step.run(instruction.span, instruction.part, rows, instruction.pass);
      }
      ran(rows.length * program.blocksRun);
      const next = await readNext(step, draft, {
        row: rows.at(-1)!,
        height: program.exitHeight,
        readout: SHARED_READOUT,
        drafting,
      });
      if (next !== "go_on" || isOver(draft, drafting)) break;
      const added = step.extend([drafting.rowOf(draft.tokens.at(-1)!, draft.tokens.length - 1)]);
      rows = Array.from(added);
    }
  });
  step.commit([]);
  return draft;
}
