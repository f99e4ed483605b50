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
import { UnsupportedError } from "../contract/errors.ts";
import type { Ledger, RunRecord, TimedRecord } from "../contract/record.ts";
import type { RoundEvent } from "../contract/round.ts";
import type { TimedSpeculation } from "../contract/round_record.ts";
import { Ascent } from "../decode/ascent.ts";
import { type BoundDepth, type BoundPolicy, goesInOrder } from "../decode/bound_policy.ts";
import { itemKey } from "../decode/chance.ts";
import { forcedDecoding } from "../decode/forced.ts";
import { generate } from "../decode/generate.ts";
import { prefill } from "../decode/prefill.ts";
import { forcedRounds } from "../decode/speculate/forced_rounds.ts";
import { runPrompt } from "../decode/speculate/prompt_round.ts";
import type { DecoderSession } from "../contract/backend.ts";
import { armOrder } from "../measure/order.ts";
import { probeParts } from "./part_probe.ts";
import {
  bindArm,
  type PassArm,
  type PassContext,
  type PassItem,
  recordBase,
  troubleRecord,
  withSlot,
} from "./cells.ts";

/** How visits are timed. */
export interface TimedOptions {
  /** Decode steps of a visit. */
  readonly tokens: number;
  /** The clock, ms. */
  now(): number;
  /** Start of the timed pass on that clock. */
  readonly start: number;
  /** Tells a recorded clock whose readings come next. */
  enter?(section: string): void;
}

/** What one arm needs on one item; made in the dry visit. */
interface Prepared {
  readonly arm: PassArm;
  readonly bound: BoundPolicy;
  readonly ledger: Ledger;
  /** Time of the prompt, ms. */
  readonly prefillMs: number;
  /** What a round policy is told of the prompt. */
  readonly event: RoundEvent | undefined;
}

/** A continuation ready to be decoded. */
interface Decoding {
  run(): Promise<number>;
  speculation?(): TimedSpeculation;
}

/** A policy that looks ahead has no time of its own. Throws `UnsupportedError`. */
function refuseScouts({ plugin }: PassArm): void {
  if (plugin.scope !== "token" || !plugin.scouts) return;
  throw new UnsupportedError(
    `Cannot time policy "${plugin.name}": it runs every token at full depth before it decides, ` +
      "so its time says nothing: see its blocks run and multiply-accumulates",
  );
}

/** An item with a prefilled slot and all its arms ready. */
export class TimedItem {
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

  /** Prefills, finds the forced continuation and counts every arm's costs, untimed. */
  async prepare(): Promise<void> {
    const { metered, arms } = this.#context;
    const baseline = bindArm(this.#context, arms[0]!, this.#options.tokens);
    if (baseline.kind === "round") throw new RangeError("Cannot time: expected full depth first");
    this.#forced = await withSlot(metered, (slot) => this.#continuation(baseline, slot));
    this.#snapshot = metered.newSlot();
    await this.#prefill(metered, baseline, this.#snapshot);
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
      return { arm, bound, event, ledger: metered.ledger.total(), prefillMs };
    } finally {
      metered.release(slot);
    }
  }

  /** One arm's decode, ms, and the blocks that ran. */
  async #time(
    { bound, event }: Prepared,
  ): Promise<
    & Pick<TimedRecord, "decodeMs" | "blocksRun">
    & { readonly speculation?: TimedSpeculation }
  > {
    const { session } = this.#context;
    const { now } = this.#options;
    const slot = await this.#promptSlot(session, bound);
    try {
      const decoding = this.#decoding(session, { bound, event, slot });
      const start = now();
      const blocksRun = await decoding.run();
      const decodeMs = now() - start;
      const speculation = decoding.speculation?.();
      return { decodeMs, blocksRun, ...(speculation === undefined ? {} : { speculation }) };
    } finally {
      session.release(slot);
    }
  }

  /** All arms once, in the order of this repetition; decode times of the arms that ran, ms. */
  async visit(repetition: number): Promise<readonly RunRecord[]> {
    const { arms, seed } = this.#context;
    const prompt = `${this.#item.suite.name}/${this.#item.item.id}`;
    const order = armOrder(arms.length, { seed, prompt, repetition });
    const records: RunRecord[] = [];
    for (const [place, index] of order.entries()) {
      const arm = arms[index]!;
      const base = recordBase(this.#context, this.#item, { arm, pass: "timed", repetition });
      const prepared = this.#prepared.get(arm)!;
      if (prepared instanceof Error) {
        records.push(troubleRecord(base, "timed", prepared));
        continue;
      }
      this.#options.enter?.(base.cell);
      try {
        records.push({ ...base, ...await this.#record(prepared, place) });
      } catch (error) {
        records.push(troubleRecord(base, "timed", error));
      }
    }
    return records;
  }

  /** Times of parts, beside full depth's own. */
  async #probe(): Promise<Pick<TimedRecord, "parts">> {
    const { now } = this.#options;
    return { parts: await probeParts(this.#context.session, { slot: this.#snapshot, now }) };
  }

  async #record(
    prepared: Prepared,
    order: number,
  ): Promise<Omit<TimedRecord, keyof ReturnType<typeof recordBase>>> {
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
      memory: this.#context.session.memory(),
      ...parts,
    };
  }
}
