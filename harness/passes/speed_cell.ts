/**
 * Timed visits of one cell of a speed suite: prefill, first token and decode
 * apart, several sequences moved by every step.
 *
 * Slots hold all prompt rows but the last. A visit runs the last rows and their
 * readout in one step (first token), then the forced continuation, and drops both
 * again. Prefill goes sequence by sequence, each with a readout that waits for it;
 * arms that act on the prompt prefill for themselves. Costs are counted in a dry
 * visit before.
 *
 * @module
 */
import type { DecoderSession } from "../contract/backend.ts";
import { UnsupportedError } from "../contract/errors.ts";
import type { Ledger, RunRecord } from "../contract/record.ts";
import type { RoundEvent } from "../contract/round.ts";
import type { SpeedShape } from "../contract/suite.ts";
import { Ascent } from "../decode/ascent.ts";
import { type BoundDepth, type BoundPolicy, goesInOrder } from "../decode/bound_policy.ts";
import { type ChanceKeys, itemKey } from "../decode/chance.ts";
import { forcedDecoding } from "../decode/forced.ts";
import { batchRefusal, forcedRows } from "../decode/forced_rows.ts";
import { greedyRows } from "../decode/greedy_rows.ts";
import { prefill } from "../decode/prefill.ts";
import { forcedRounds } from "../decode/speculate/forced_rounds.ts";
import { runPrompt } from "../decode/speculate/prompt_round.ts";
import { stepGroup } from "../measure/step_clock.ts";
import { type TimedVisits, visitArms, type VisitOutcome } from "./arm_visits.ts";
import { bindArm, type PassArm, type PassContext, type PassItem, withSlot } from "./cells.ts";
import { type Decoding, refuseScouts, timeDecode, type TimedOptions } from "./timed_decode.ts";

/** What one arm needs; made in the dry visit. */
interface Prepared {
  readonly arm: PassArm;
  readonly bound: BoundPolicy;
  readonly ledger: Ledger;
  readonly event: RoundEvent | undefined;
  /** Absent where a policy has no steps of its own. */
  readonly stepsPerReading: number | undefined;
}

/** Prompts of a cell's sequences: windows of a text read as a circle, at equal distances. */
export function cellPrompts(
  text: readonly number[],
  { promptTokens, rows }: SpeedShape,
): readonly (readonly number[])[] {
  return Array.from({ length: rows }, (_, r) => {
    const start = Math.floor(r * text.length / rows);
    return Array.from({ length: promptTokens }, (_, i) => text[(start + i) % text.length]!);
  });
}

/** A cell with its slots prefilled and all its arms ready. */
export class SpeedCellItem implements TimedVisits {
  readonly #context: PassContext;
  readonly #item: PassItem;
  readonly #options: TimedOptions;
  readonly #shape: SpeedShape;
  readonly #prompts: readonly (readonly number[])[];
  readonly #keys: ChanceKeys;
  readonly #prepared: Map<PassArm, Prepared | Error> = new Map();
  #slots: readonly number[] = [];
  #forced: readonly (readonly number[])[] = [];
  /** Whose prefill the slots hold; full depth's when absent. */
  #owner: PassArm | undefined;
  #prefillMs = 0;

  /** Use {@linkcode SpeedCellItem.prepare}. The item has a shape. */
  constructor(context: PassContext, item: PassItem, options: TimedOptions) {
    this.#context = context;
    this.#item = item;
    this.#options = options;
    this.#shape = item.item.shape!;
    this.#prompts = cellPrompts(item.prompt, this.#shape);
    this.#keys = { seed: context.seed, item: itemKey(item.item.id) };
  }

  get #length(): number {
    return this.#shape.promptTokens - 1;
  }

  #bind(arm: PassArm): BoundPolicy {
    return bindArm(this.#context, arm, this.#shape.tokens);
  }

  get #baseline(): BoundDepth {
    const bound = this.#bind(this.#context.arms[0]!);
    if (bound.kind === "round") throw new RangeError("Cannot time: expected full depth first");
    return bound;
  }

  /** Prefills and, the first time, finds the continuations and counts every arm's costs. */
  async prepare(): Promise<void> {
    const { metered, session, arms } = this.#context;
    this.#slots = this.#prompts.map(() => metered.newSlot());
    await this.#prefill(session, this.#baseline);
    if (this.#prepared.size > 0) return;
    this.#forced = await greedyRows(session, {
      slots: this.#slots,
      last: this.#prompts.map((prompt) => prompt.at(-1)!),
      count: this.#shape.tokens,
    });
    this.#rewind();
    for (const arm of arms) {
      try {
        this.#prepared.set(arm, await this.#count(arm));
      } catch (error) {
        this.#prepared.set(arm, error instanceof Error ? error : new Error(String(error)));
      }
      this.#rewind();
    }
  }

  /** Frees the slots. */
  close(): void {
    for (const slot of this.#slots) this.#context.metered.release(slot);
    this.#slots = [];
    this.#owner = undefined;
  }

  /** Drops everything after the prefilled rows. */
  #rewind(): void {
    for (const slot of this.#slots) this.#context.metered.truncate(slot, this.#length);
  }

  /** Fills the slots with all prompt rows but the last; notes the time. */
  async #prefill(session: DecoderSession, bound: BoundDepth): Promise<void> {
    for (const slot of this.#slots) this.#context.metered.truncate(slot, 0);
    const start = this.#options.now();
    for (const [r, slot] of this.#slots.entries()) {
      await prefill(session, new Ascent(bound, this.#keys), {
        slot,
        tokens: this.#prompts[r]!.slice(0, -1),
        decided: bound.actsOnPrompt,
        oneByOne: goesInOrder(bound),
      });
    }
    this.#prefillMs = this.#options.now() - start;
  }

  /** Makes the slots hold the prompt as an arm needs it. */
  async #own({ arm, bound }: Pick<Prepared, "arm" | "bound">): Promise<void> {
    const wanted = bound.kind !== "round" && bound.actsOnPrompt ? arm : undefined;
    if (wanted === this.#owner) return;
    await this.#prefill(
      this.#context.session,
      wanted === undefined || bound.kind === "round" ? this.#baseline : bound,
    );
    this.#owner = wanted;
  }

  /** The last prompt rows with their readout, in one step. */
  #firstToken(session: DecoderSession, bound: BoundPolicy): Promise<number> {
    return forcedRows(session, {
      ...this.#keys,
      bound: bound.kind === "round" ? this.#baseline : bound,
      slots: this.#slots,
      tokens: this.#prompts.map((prompt) => [prompt.at(-1)!]),
      phase: "prompt",
    }).run();
  }

  #decoding(
    session: DecoderSession,
    { bound, event }: Pick<Prepared, "bound" | "event">,
  ): Decoding {
    const [slot, ...others] = this.#slots;
    const [tokens] = this.#forced;
    if (bound.kind === "round") {
      return forcedRounds(session, {
        ...this.#keys,
        bound,
        slot: slot!,
        tokens: tokens!,
        prompt: this.#prompts[0]!,
        event: event ?? { kind: "prompt", length: this.#shape.promptTokens },
        now: this.#options.now,
      });
    }
    if (others.length === 0) {
      return forcedDecoding(session, { ...this.#keys, bound, slot: slot!, tokens: tokens! });
    }
    return forcedRows(session, { ...this.#keys, bound, slots: this.#slots, tokens: this.#forced });
  }

  async #count(arm: PassArm): Promise<Prepared> {
    const { session, metered } = this.#context;
    refuseScouts(arm);
    const bound = this.#bind(arm);
    const refusal = this.#slots.length > 1 ? batchRefusal(bound) : undefined;
    if (refusal !== undefined) throw new UnsupportedError(refusal);
    const event = bound.kind !== "round" ? undefined : await withSlot(
      session,
      async (slot) => (await runPrompt(session, { bound, slot, tokens: this.#prompts[0]! })).event,
    );
    await this.#own({ arm, bound });
    if (this.#owner === undefined) {
      for (const slot of this.#slots) metered.assumeFull(slot, this.#length);
    } else if (bound.kind !== "round") await this.#prefill(metered, bound);
    await this.#firstToken(metered, bound);
    metered.ledger.reset();
    await this.#decoding(metered, { bound, event }).run();
    const ledger = metered.ledger.total();
    this.#rewind();
    const stepsPerReading = await this.#stepsPerReading({ bound, event });
    return { arm, bound, ledger, event, stepsPerReading };
  }

  /** From an uncounted run. */
  async #stepsPerReading(
    { bound, event }: Pick<Prepared, "bound" | "event">,
  ): Promise<number | undefined> {
    if (bound.kind === "round") return undefined;
    const { session } = this.#context;
    const { now, clock } = this.#options;
    await this.#firstToken(session, bound);
    const decoding = this.#decoding(session, { bound, event });
    const start = now();
    await decoding.run();
    return stepGroup((now() - start) / this.#shape.tokens, clock);
  }

  /** See {@linkcode TimedVisits}. */
  visit(
    repetition: number,
    arms: readonly PassArm[] = this.#context.arms,
  ): Promise<readonly RunRecord[]> {
    return visitArms(this.#context, this.#item, {
      arms,
      repetition,
      time: async (arm, { place, cell }) => {
        const prepared = this.#prepared.get(arm)!;
        if (prepared instanceof Error) throw prepared;
        this.#options.enter?.(cell);
        try {
          return await this.#time(prepared, place);
        } finally {
          this.#rewind();
        }
      },
    });
  }

  async #time(prepared: Prepared, order: number): Promise<VisitOutcome> {
    const { session } = this.#context;
    const { now, start } = this.#options;
    const { bound, ledger, stepsPerReading } = prepared;
    const { promptTokens, tokens: steps, rows } = this.#shape;
    await this.#own(prepared);
    const startMs = now() - start;
    const before = now();
    await this.#firstToken(session, bound);
    const firstTokenMs = now() - before;
    const decode = await timeDecode(session, this.#decoding(session, prepared), {
      steps,
      stepsPerReading,
      now,
    });
    return {
      pass: "timed",
      outcome: "ok",
      order,
      startMs,
      promptTokens,
      steps,
      rows,
      prefillMs: this.#prefillMs,
      firstTokenMs,
      ...decode,
      decodeLedger: ledger,
    };
  }
}
