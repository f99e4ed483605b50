/**
 * The timed pass: visits of a prompt in which all arms decode the same forced
 * continuation back to back, baseline twice, in seeded order.
 *
 * Arms that do not act on the prompt start from forks of one prefilled slot.
 * Costs are counted in a dry visit before; timed visits run on the bare session
 * and allocate nothing of their own.
 *
 * @module
 */
import type { Ledger, RunRecord, TimedRecord } from "../contract/record.ts";
import type { RoundEvent } from "../contract/round.ts";
import { Ascent } from "../decode/ascent.ts";
import { type BoundDepth, type BoundPolicy, goesInOrder } from "../decode/bound_policy.ts";
import { itemKey } from "../decode/chance.ts";
import { forcedDecoding } from "../decode/forced.ts";
import { generate } from "../decode/generate.ts";
import { prefill } from "../decode/prefill.ts";
import { forcedRounds } from "../decode/speculate/forced_rounds.ts";
import { runPrompt } from "../decode/speculate/prompt_round.ts";
import type { DecoderSession } from "../contract/backend.ts";
import { stepGroup } from "../measure/step_clock.ts";
import { type TimedVisits, visitArms, type VisitOutcome } from "./arm_visits.ts";
import { probeParts } from "./part_probe.ts";
import { bindArm, type PassArm, type PassContext, type PassItem, withSlot } from "./cells.ts";
import {
  type Decoding,
  refuseScouts,
  type TimedDecode,
  timeDecode,
  type TimedOptions,
} from "./timed_decode.ts";

/** What one arm needs on one item; made in the dry visit. */
interface Prepared {
  readonly arm: PassArm;
  readonly bound: BoundPolicy;
  readonly ledger: Ledger;
  /** Time of the prompt, ms. */
  readonly prefillMs: number;
  /** What a round policy is told of the prompt. */
  readonly event: RoundEvent | undefined;
  /** Decode steps that are timed together; absent where a policy has no steps of its own. */
  readonly stepsPerReading: number | undefined;
}

/** An item with a prefilled slot and all its arms ready. */
export class TimedItem implements TimedVisits {
  readonly #context: PassContext;
  readonly #item: PassItem;
  readonly #options: TimedOptions;
  #snapshot = -1;
  #forced: readonly number[] = [];
  readonly #prepared: Map<PassArm, Prepared | Error> = new Map();

  /** Use {@linkcode TimedItem.prepare}. */
  constructor(context: PassContext, item: PassItem, options: TimedOptions) {
    this.#context = context;
    this.#item = item;
    this.#options = options;
  }

  /**
   * Prefills and, the first time, finds the forced continuation and counts every arm's
   * costs, untimed. After `close` it may be called again.
   */
  async prepare(): Promise<void> {
    const { metered, arms } = this.#context;
    const baseline = bindArm(this.#context, arms[0]!, this.#options.tokens);
    if (baseline.kind === "round") throw new RangeError("Cannot time: expected full depth first");
    if (this.#forced.length === 0) {
      this.#forced = await withSlot(metered, (slot) => this.#continuation(baseline, slot));
    }
    this.#snapshot = metered.newSlot();
    await this.#prefill(metered, baseline, this.#snapshot);
    if (this.#prepared.size > 0) return;
    for (const arm of arms) {
      try {
        this.#prepared.set(arm, await this.#count(arm));
      } catch (error) {
        this.#prepared.set(arm, error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  /** Frees the prefilled slot. */
  close(): void {
    if (this.#snapshot >= 0) this.#context.metered.release(this.#snapshot);
    this.#snapshot = -1;
  }

  /** Full depth's own greedy continuation, end-of-sequence ignored. */
  async #continuation(bound: BoundDepth, slot: number): Promise<readonly number[]> {
    const { metered, seed } = this.#context;
    const tokens: number[] = [];
    const stream = generate(metered, {
      bound,
      slot,
      prompt: this.#item.prompt,
      eos: [],
      seed,
      item: 0,
    });
    for await (const { token } of stream) tokens.push(token);
    return tokens;
  }

  /** Runs the prompt; what a round policy is told of it. */
  async #prefill(
    session: DecoderSession,
    bound: BoundPolicy,
    slot: number,
  ): Promise<RoundEvent | undefined> {
    if (bound.kind === "round") {
      return (await runPrompt(session, { bound, slot, tokens: this.#item.prompt })).event;
    }
    const keys = { seed: this.#context.seed, item: itemKey(this.#item.item.id) };
    await prefill(session, new Ascent(bound, keys), {
      slot,
      tokens: this.#item.prompt,
      decided: bound.actsOnPrompt,
      oneByOne: goesInOrder(bound),
    });
    return undefined;
  }

  #decoding(
    session: DecoderSession,
    { bound, event, slot }: Pick<Prepared, "bound" | "event"> & { readonly slot: number },
  ): Decoding {
    const request = {
      slot,
      tokens: this.#forced,
      seed: this.#context.seed,
      item: itemKey(this.#item.item.id),
    };
    if (bound.kind !== "round") return forcedDecoding(session, { ...request, bound });
    return forcedRounds(session, {
      ...request,
      bound,
      prompt: this.#item.prompt,
      event: event ?? { kind: "prompt", length: this.#item.prompt.length },
      now: this.#options.now,
    });
  }

  /** A slot that holds the prompt as the arm needs it. */
  async #promptSlot(session: DecoderSession, bound: BoundPolicy): Promise<number> {
    if (!bound.actsOnPrompt || bound.kind === "round") return session.fork(this.#snapshot);
    const slot = session.newSlot();
    await this.#prefill(session, bound, slot);
    return slot;
  }

  async #count(arm: PassArm): Promise<Prepared> {
    const { session, metered } = this.#context;
    refuseScouts(arm);
    const bound = bindArm(this.#context, arm, this.#options.tokens);
    const cell = this.#context.cell(this.#item, { arm, pass: "timed", repetition: 0 });
    this.#options.enter?.(`prompt ${cell}`);
    const start = this.#options.now();
    const event = await withSlot(session, (slot) => this.#prefill(session, bound, slot));
    const prefillMs = this.#options.now() - start;
    const slot = await this.#promptSlot(metered, bound);
    try {
      metered.ledger.reset();
      await this.#decoding(metered, { bound, event, slot }).run();
      const ledger = metered.ledger.total();
      const stepsPerReading = await this.#stepsPerReading({ bound, event });
      return { arm, bound, event, ledger, prefillMs, stepsPerReading };
    } finally {
      metered.release(slot);
    }
  }

  /** From an uncounted run. */
  async #stepsPerReading(
    { bound, event }: Pick<Prepared, "bound" | "event">,
  ): Promise<number | undefined> {
    const { now, clock } = this.#options;
    const steps = this.#forced.length;
    if (bound.kind === "round") return undefined;
    const { session } = this.#context;
    const slot = await this.#promptSlot(session, bound);
    try {
      const decoding = this.#decoding(session, { bound, event, slot });
      const start = now();
      await decoding.run();
      return stepGroup((now() - start) / steps, clock);
    } finally {
      session.release(slot);
    }
  }

  /** One arm's decode. */
  async #time({ bound, event, stepsPerReading }: Prepared): Promise<TimedDecode> {
    const { session } = this.#context;
    const slot = await this.#promptSlot(session, bound);
    try {
      return await timeDecode(session, this.#decoding(session, { bound, event, slot }), {
        steps: this.#forced.length,
        stepsPerReading,
        now: this.#options.now,
      });
    } finally {
      session.release(slot);
    }
  }

  /** See {@linkcode TimedVisits}. */
  visit(
    repetition: number,
    arms: readonly PassArm[] = this.#context.arms,
  ): Promise<readonly RunRecord[]> {
    return visitArms(this.#context, this.#item, {
      arms,
      repetition,
      time: (arm, { place, cell }) => {
        const prepared = this.#prepared.get(arm)!;
        if (prepared instanceof Error) throw prepared;
        this.#options.enter?.(cell);
        return this.#record(prepared, place);
      },
    });
  }

  /** Times of parts, beside full depth's own. */
  async #probe(): Promise<Pick<TimedRecord, "parts">> {
    const { now } = this.#options;
    return { parts: await probeParts(this.#context.session, { slot: this.#snapshot, now }) };
  }

  async #record(prepared: Prepared, order: number): Promise<VisitOutcome> {
    const startMs = this.#options.now() - this.#options.start;
    const { ledger, prefillMs } = prepared;
    const timed = await this.#time(prepared);
    const parts = prepared.arm.arm.role === "baseline" ? await this.#probe() : {};
    return {
      pass: "timed",
      outcome: "ok",
      order,
      promptTokens: this.#item.prompt.length,
      steps: this.#forced.length,
      startMs,
      prefillMs,
      ...timed,
      decodeLedger: ledger,
      ...parts,
    };
  }
}
