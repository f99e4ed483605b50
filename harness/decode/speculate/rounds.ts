/**
 * Rounds of drafting and verifying over one sequence.
 *
 *     propose → (measure → propose) → draft γ tokens → verify γ + 1 rows → accept
 *       → emit the accepted tokens and one more → commit their rows, forget the rest
 *
 * After a round that emits n tokens the cache holds every position but the last
 * emitted token's, in all blocks: nothing of a draft stays, and no drafted token
 * leaves unverified.
 *
 * @module
 */
import type { DecoderSession, Row } from "../../contract/backend.ts";
import { ContractError } from "../../contract/errors.ts";
import type { StopReason } from "../../contract/record.ts";
import type { Proposal, RoundEvent, ShadowReadouts } from "../../contract/round.ts";
import type { DraftRound } from "../../contract/round_record.ts";
import { SHARED_READOUT } from "../../contract/signal.ts";
import { type SamplingEdits, samplingLaw } from "../../numerics/sampling.ts";
import { isExitPlan } from "../bound_policy.ts";
import type { BoundRounds } from "../bound_rounds.ts";
import type { ChanceKeys } from "../chance.ts";
import { guarded } from "../guarded.ts";
import type { CarriedState } from "../stream_state.ts";
import { type Acceptance, acceptGreedy, acceptSampled } from "./acceptance.ts";
import { type Draft, draftByExits, draftByPlan, type Drafting, emptyDraft } from "./draft.ts";
import { measurePlan } from "./measure_plan.ts";
import { RoundMemory } from "./round_memory.ts";
import { RoundPlace } from "./round_place.ts";
import { RowStack } from "./row_stack.ts";
import { readShadow } from "./shadow.ts";

/** Parts of a round, for clocks and ledgers. */
export type RoundPart = "draft" | "verify" | "measure" | "between";

/** How rounds are run. */
export interface RoundsOptions extends ChanceKeys {
  /** The policy. */
  readonly bound: BoundRounds;
  /** The sequence. */
  readonly slot: number;
  /** Tokens of the text so far; those that `slot` does not hold yet start the first round. */
  readonly text: readonly number[];
  /** Tokens of it that were emitted. */
  readonly emitted: number;
  /** Most tokens that may be emitted. */
  readonly maxTokens: number;
  /** Ids that end the text. */
  readonly eos: readonly number[];
  /** Edits of the laws; tokens are the likeliest when absent. */
  readonly sampling?: SamplingEdits | undefined;
  /** What the sequence before has left to a state of life "stream". */
  readonly carried?: CarriedState | undefined;
  /** A text that is to be emitted, by number of tokens emitted before, where it is known. */
  readonly given?: ((index: number) => number | undefined) | undefined;
  /** Told when a part of a round begins. */
  readonly part?: ((part: RoundPart) => void) | undefined;
}

/** What came of a round. */
export interface RoundOutcome {
  /** Tokens emitted, an end of sequence excepted. */
  readonly tokens: readonly number[];
  /** Why the text ended, if it did. */
  readonly ended: StopReason | undefined;
  /** What records say of it. */
  readonly round: DraftRound;
  /** Blocks run in it, summed over rows. */
  readonly blocksRun: number;
}

type DraftProposal = Exclude<Proposal, { readonly kind: "measure" }>;

/** A draft, and the rows that it has left in the round's step, if it has one. */
interface Drafted {
  readonly draft: Draft;
  readonly stack: RowStack | undefined;
}

/** One sequence. */
export class Rounds {
  readonly #session: DecoderSession;
  readonly #options: RoundsOptions;
  readonly #memory: RoundMemory;
  readonly #place: RoundPlace;
  readonly #context: number;
  #blocksRun = 0;

  /** Rounds that go on from a text. */
  constructor(session: DecoderSession, options: RoundsOptions) {
    const { bound, text, emitted } = options;
    this.#session = session;
    this.#options = options;
    this.#memory = new RoundMemory(bound, options.carried);
    this.#place = new RoundPlace(bound.point, text, options);
    this.#place.emitted = emitted;
    this.#context = Math.min(bound.point.limits.context, bound.point.model.context);
  }

  /** Tells the policy of something outside of rounds. */
  tell(event: RoundEvent): void {
    this.#memory.tell(() => event);
  }

  /** Runs one round; at least one token is emitted, or the text has ended. */
  async next(): Promise<RoundOutcome> {
    const { slot, maxTokens, part } = this.#options;
    const place = this.#place;
    const first = this.#session.length(slot);
    this.#blocksRun = 0;
    place.phase = place.emitted === 0 ? "prompt" : "decode";
    place.room = Math.max(
      0,
      Math.min(maxTokens - place.emitted - 1, this.#context - place.tokens.length),
    );
    const proposal = await this.#propose();
    place.proposal = proposal;
    part?.("draft");
    const start = place.tokens.slice(first).map((_, i) => this.#row(first + i));
    const { draft, stack } = await this.#draft(proposal, start);
    part?.("verify");
    const verified = await this.#verify({ start, draft, stack });
    part?.("between");
    return this.#finish({ proposal, draft, ...verified });
  }

  #row(position: number): Row {
    const place = this.#place;
    const phase = place.phase;
    return { slot: this.#options.slot, position, token: place.tokens[position]!, phase };
  }

  async #propose(): Promise<DraftProposal> {
    const { bound, slot, part } = this.#options;
    const place = this.#place;
    place.state = this.#memory.current;
    const first = bound.propose(place);
    if (first.kind !== "measure") return first;
    part?.("measure");
    const event = await measurePlan(this.#session, first, {
      slot,
      text: place.tokens,
      ran: (blocks) => this.#blocksRun += blocks,
    });
    this.#memory.tell(() => event);
    place.state = this.#memory.current;
    const second = bound.propose(place);
    if (second.kind !== "measure") return second;
    throw new ContractError(bound.name, "it asks to measure twice in one round: expected once");
  }

  /** Drafts; of a draft by exits the step stays open. */
  async #draft(proposal: DraftProposal, start: readonly Row[]): Promise<Drafted> {
    const { bound, eos, slot, sampling } = this.#options;
    const place = this.#place;
    const asked = proposal.kind === "plan" || proposal.kind === "exits" ? proposal.maxTokens : 0;
    const newest = place.position;
    const drafting: Drafting = {
      bound,
      place,
      most: Math.min(place.room, asked),
      eos,
      sampling,
      rowOf: (token, index) => ({ slot, position: newest + 1 + index, token, phase: "draft" }),
    };
    switch (proposal.kind) {
      case "none":
        return { draft: emptyDraft(), stack: undefined };
      case "tokens":
        return { draft: knownDraft(proposal.tokens.slice(0, place.room), eos), stack: undefined };
      case "exits":
        return await this.#draftInStep(proposal.exits, { start, drafting });
      case "plan": {
        const { plan } = proposal;
        if (isExitPlan(plan)) {
          const exits = [{ height: plan.length, head: SHARED_READOUT.head }];
          return await this.#draftInStep(exits, { start, drafting });
        }
        const ran = (blocks: number) => this.#blocksRun += blocks;
        const draft = await draftByPlan(this.#session, plan, { start, drafting, ran });
        return { draft, stack: undefined };
      }
    }
  }

  async #draftInStep(
    exits: Parameters<typeof draftByExits>[1],
    { start, drafting }: { readonly start: readonly Row[]; readonly drafting: Drafting },
  ): Promise<Drafted> {
    const stack = this.#begin(start);
    const draft = await guarded(stack.step, () => draftByExits(stack, exits, drafting));
    return { draft, stack };
  }

  #begin(start: readonly Row[]): RowStack {
    const { shadow } = this.#options.bound;
    const marking = shadow === undefined
      ? undefined
      : { heights: shadow.heights, from: start.length - 1 };
    return new RowStack(this.#session.begin(start), start.length, marking);
  }

  /** Brings all rows to the top, reads them, accepts, and keeps what is emitted. */
  async #verify(
    { start, draft, stack: open }: Drafted & { readonly start: readonly Row[] },
  ): Promise<{ readonly accepted: number; readonly emitted: number[]; shadow?: ShadowReadouts }> {
    const { bound, slot, eos } = this.#options;
    const { layerCount } = bound.point.model;
    const position = this.#place.position;
    const stack = open ?? this.#begin(start);
    const outcome = await guarded(stack.step, async () => {
      for (let i = stack.count - start.length; i < draft.tokens.length; i++) {
        const token = draft.tokens[i]!;
        stack.add({ slot, position: position + 1 + i, token, phase: "draft" });
      }
      stack.raise(layerCount);
      this.#blocksRun += stack.blocksRun;
      const rows = Array.from(
        { length: draft.tokens.length + 1 },
        (_, i) => start.length - 1 + i,
      );
      const { accepted, next } = await this.#accept(stack, { rows, draft });
      const shadow = bound.shadow === undefined || bound.state === undefined
        ? {}
        : { shadow: await readShadow(stack, { ...bound.shadow, rows, layerCount }) };
      const emitted = [...draft.tokens.slice(0, accepted), next];
      const end = emitted.findIndex((token) => eos.includes(token));
      if (end >= 0) emitted.length = end + 1;
      return { accepted, emitted, ...shadow };
    });
    const kept = start.length - 1 + outcome.emitted.length;
    stack.step.commit(Array.from({ length: kept }, (_, row) => row));
    return outcome;
  }

  async #accept(
    { step }: RowStack,
    { rows, draft }: { readonly rows: readonly number[]; readonly draft: Draft },
  ): Promise<Acceptance> {
    const { sampling, given } = this.#options;
    if (sampling !== undefined) {
      const reading = step.readLogits(SHARED_READOUT, rows);
      const logits = "then" in reading ? await reading : reading;
      const size = logits.length / rows.length;
      const targets = rows.map((_, i) => {
        const law = new Float64Array(size);
        samplingLaw(law, logits.subarray(i * size, (i + 1) * size), sampling);
        return law;
      });
      return acceptSampled(draft.tokens, {
        targets,
        drafts: draft.laws,
        uniform: (what, index) => this.#place.chance(what, index),
      });
    }
    const reading = step.readToken(SHARED_READOUT, rows);
    const { tokens } = "then" in reading ? await reading : reading;
    if (given === undefined) return acceptGreedy(draft.tokens, tokens);
    const { emitted } = this.#place;
    return acceptGreedy(draft.tokens, rows.map((_, i) => given(emitted + i) ?? tokens[i]!));
  }

  #finish(
    { proposal, draft, accepted, emitted, shadow }: {
      readonly proposal: DraftProposal;
      readonly draft: Draft;
      readonly accepted: number;
      readonly emitted: readonly number[];
      readonly shadow?: ShadowReadouts;
    },
  ): RoundOutcome {
    const { eos, maxTokens } = this.#options;
    const place = this.#place;
    this.#memory.tell(() => ({
      kind: "round",
      proposal,
      position: place.position,
      drafted: draft.tokens,
      heights: draft.heights,
      signals: draft.signals,
      accepted,
      emitted,
      ...(shadow === undefined ? {} : { shadow }),
    }));
    const atEnd = eos.includes(emitted.at(-1)!);
    const tokens = atEnd ? emitted.slice(0, -1) : emitted;
    for (const token of tokens) place.tokens.push(token);
    place.emitted += tokens.length;
    const drafted = draft.tokens.length;
    const height = draft.heights.reduce((sum, each) => sum + each, 0) / drafted;
    return {
      tokens,
      ended: atEnd
        ? "eos"
        : place.emitted >= maxTokens
        ? "limit"
        : place.tokens.length > this.#context
        ? "context"
        : undefined,
      round: {
        draft: proposal.kind,
        drafted,
        accepted,
        emitted: emitted.length,
        ...(drafted === 0 ? {} : { height }),
      },
      blocksRun: this.#blocksRun,
    };
  }
}

/** A draft of known tokens, which ends with the text. */
function knownDraft(tokens: readonly number[], eos: readonly number[]): Draft {
  const end = tokens.findIndex((token) => eos.includes(token));
  const taken = end < 0 ? [...tokens] : tokens.slice(0, end + 1);
  return {
    tokens: taken,
    heights: taken.map(() => 0),
    signals: taken.map(() => ({})),
    laws: taken.map(() => undefined),
  };
}
