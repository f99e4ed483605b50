/**
 * The open step of a session: books here, work in the engine.
 *
 * @module
 */
import type {
  Awaitable,
  DecoderStep,
  DeviceRule,
  EntryFill,
  Part,
  Row,
  Sampler,
  Span,
  TokenChoice,
} from "../contract/backend.ts";
import { ContractError, UnsupportedError } from "../contract/errors.ts";
import type { ModelInfo } from "../contract/model.ts";
import type { TrainedParts } from "../contract/parts.ts";
import type {
  HiddenMark,
  Readout,
  RowSet,
  SignalRequest,
  Signals,
  TokenRef,
  VocabularySubset,
} from "../contract/signal.ts";
import { Batch } from "./batch.ts";
import { StateViews } from "./columns.ts";
import { Committer } from "./commit_rows.ts";
import type { RuleTest, StepEngine } from "./engine.ts";
import { Entrance } from "./enter_rows.ts";
import { Marks } from "./marks.ts";
import { Readouts } from "./readouts.ts";
import { Rows } from "./rows.ts";
import { SignalReader } from "./signals.ts";
import type { Slots } from "./slots.ts";
import type { StatePool } from "./state_pool.ts";
import { TokenReader } from "./tokens.ts";

/** What a step works on; owned by the session. */
export interface StepParts {
  /** Shapes. */
  readonly info: ModelInfo;
  /** Kernels and memory. */
  readonly engine: StepEngine;
  /** Its states. */
  readonly pool: StatePool;
  /** Open slots. */
  readonly slots: Slots;
  /** Trained parts that the engine was opened with. */
  readonly parts: TrainedParts | undefined;
  /** Longest sequence. */
  readonly context: number;
}

/** Reused by the session: `begin` starts it anew. */
export class Step implements DecoderStep {
  readonly #engine: StepEngine;
  readonly #layerCount: number;
  readonly #rows: Rows;
  readonly #batch: Batch = new Batch();
  readonly #marks: Marks;
  readonly #readouts: Readouts;
  readonly #signals: SignalReader;
  readonly #tokens: TokenReader;
  readonly #entrance: Entrance;
  readonly #committer: Committer;
  readonly #picked: number[] = [];
  readonly #views: StateViews = new StateViews();
  readonly #range: { from: number; to: number; pass: number } = { from: 0, to: 0, pass: 0 };
  #open = false;
  /** The row under rules, −1 for none. */
  #ruled = -1;
  readonly #ruleHeights: Int32Array = new Int32Array(1);
  /** See {@linkcode DecoderStep}; where the engine can. */
  readonly runRules?: NonNullable<DecoderStep["runRules"]>;

  /** A step of one session. */
  constructor(parts: StepParts) {
    const { info, engine, pool, slots, context } = parts;
    const heads = (parts.parts?.heads ?? []).map(({ name }) => name);
    this.#engine = engine;
    this.#layerCount = info.layerCount;
    this.#rows = new Rows(pool, slots.capacity);
    this.#marks = new Marks(this.#rows, parts);
    this.#readouts = new Readouts({ engine, vocabSize: info.vocabSize, heads });
    const reading = { engine, readouts: this.#readouts, marks: this.#marks };
    this.#signals = new SignalReader({ ...reading, probes: parts.parts?.probes ?? [] });
    this.#tokens = new TokenReader({ ...reading, vocabSize: info.vocabSize });
    const { vocabSize } = info;
    this.#entrance = new Entrance(this.#rows, {
      engine,
      slots,
      context,
      vocabSize,
      picked: this.#picked,
    });
    if (engine.runRules !== undefined) this.runRules = (...args) => this.#runRules(...args);
    this.#committer = new Committer(this.#rows, { slots, layerCount: info.layerCount });
  }

  /** Whether the step is open. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Rows added so far. */
  get rowCount(): number {
    return this.#rows.count;
  }

  /** Starts anew with these rows. */
  begin(rows: readonly Row[]): void {
    this.#rows.reset();
    this.#marks.reset();
    this.#readouts.reset();
    this.#engine.results.beginStep();
    this.#engine.beginStep();
    this.#entrance.enter(rows);
    this.#picked.length = 0;
    this.#ruled = -1;
    this.#open = true;
  }

  #requireOpen(): void {
    if (!this.#open) throw new RangeError("Cannot use a step: it was committed: begin a new one");
  }

  /** See {@linkcode DecoderStep}. */
  extend(rows: readonly Row[]): RowSet {
    this.#requireOpen();
    const first = this.#rows.count;
    this.#entrance.enter(rows);
    return this.#rows.all().slice(first);
  }

  #rangeOf(blocks: number | Span, pass: number): { from: number; to: number; pass: number } {
    const from = typeof blocks === "number" ? blocks : blocks.from;
    const to = typeof blocks === "number" ? blocks + 1 : blocks.to;
    if (!(from >= 0 && to <= this.#layerCount && from <= to)) {
      throw new RangeError(
        `Cannot run blocks ${from} to ${to - 1}: the model has ${this.#layerCount}`,
      );
    }
    this.#range.from = from;
    this.#range.to = to;
    this.#range.pass = pass;
    return this.#range;
  }

  /** See {@linkcode DecoderStep}. */
  run(blocks: number | Span, part: Part, rows: RowSet = this.#rows.all(), pass = 0): void {
    this.#requireOpen();
    const range = this.#rangeOf(blocks, pass);
    const { from, to } = range;
    if (rows.length === 0 || from === to) return;
    const done = this.#engine.run(this.#batch.gather(this.#rows, rows), part, range);
    if (done > from) this.#ran(rows, part, pass * this.#layerCount + done - 1);
    if (done < to) this.#stumble(done);
  }

  /** Throws: a row would read an entry that is not there. */
  #stumble(block: number): never {
    const { position, entry } = this.#engine.fault;
    throw new ContractError(
      this.#engine.name,
      `block ${block} reads position ${position}, whose entry ${
        entry === "none" ? 'was filled with "none"' : "was never written"
      }: run or fill it first`,
    );
  }

  /** Notes that rows ran blocks up to that of `layer`. */
  #ran(rows: RowSet, part: Part, layer: number): void {
    const columns = this.#rows;
    columns.raise(rows, layer % this.#layerCount + 1);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (part !== "mlp") columns.lastLayers[row] = layer;
      columns.stateIds[row] = columns.freshState();
    }
  }

  /** See {@linkcode DecoderStep}. */
  fillKv(
    blocks: number | Span,
    fill: EntryFill,
    rows: RowSet = this.#rows.all(),
    pass = 0,
  ): void {
    this.#requireOpen();
    const range = this.#rangeOf(blocks, pass);
    const { from, to } = range;
    if (rows.length === 0 || from === to) return;
    const batch = this.#batch.gather(this.#rows, rows);
    for (let i = 0; fill === "copy" && i < batch.count; i++) {
      if (batch.lastLayers[i]! >= 0) continue;
      throw new RangeError(
        'Cannot fill with "copy": expected a block that has run: the row has run none',
      );
    }
    this.#engine.fill(batch, fill, range);
    this.#rows.raise(rows, to);
  }

  /** See {@linkcode DecoderStep}. */
  get ruleHeights(): ArrayLike<number> {
    const height = this.#engine.ruleHeight ?? -1;
    this.#ruleHeights[0] = height;
    if (this.#ruled >= 0) this.#rows.lastLayers[this.#ruled] = height - 1;
    return this.#ruleHeights;
  }

  #runRules(
    blocks: Span,
    rules: readonly DeviceRule[],
    fill: EntryFill,
    rows: RowSet = this.#rows.all(),
  ): void {
    this.#requireOpen();
    const { from, to } = this.#rangeOf(blocks, 0);
    const { name } = this.#engine;
    if (rows.length !== 1 || (fill !== "project" && fill !== "hole")) {
      throw new UnsupportedError(
        `Cannot run rules on backend "${name}": expected one row and fill "project" or "hole": current value is ${rows.length} rows and "${fill}"`,
      );
    }
    const tests = rules.map(({ height, request, is, value }): RuleTest => {
      const readout = request.kind === "readout" ? request.readout : undefined;
      if (
        request.kind !== "readout" || readout?.mark !== undefined ||
        readout?.vocabulary !== undefined
      ) {
        throw new UnsupportedError(
          `Cannot run a rule on backend "${name}": expected a readout of the row over the whole vocabulary: current value is a "${request.kind}"`,
        );
      }
      const head = this.#readouts.head(request.readout.head);
      return { height, head, signal: request.signal, is, value };
    });
    this.#readouts.forgetHeld();
    const batch = this.#batch.gather(this.#rows, rows);
    const done = this.#engine.runRules!(batch, tests, { from, to, fill });
    this.#ruled = rows[0]!;
    if (done > from) this.#ran(rows, "block", done - 1);
    if (done < to) this.#stumble(done);
  }

  /** See {@linkcode DecoderStep}. */
  readSignals(
    requests: readonly SignalRequest[],
    rows: RowSet = this.#rows.all(),
  ): Awaitable<Signals> {
    this.#requireOpen();
    return this.#signals.read(requests, rows);
  }

  /** See {@linkcode DecoderStep}. */
  pick(readout: Readout, row: number): TokenRef {
    this.#requireOpen();
    this.#picked.push(this.#tokens.pick(readout, row));
    return { ref: this.#picked.length - 1 };
  }

  /** See {@linkcode DecoderStep}. */
  readToken(
    readout: Readout,
    rows: RowSet = this.#rows.all(),
    sampler?: Sampler,
  ): Awaitable<TokenChoice> {
    this.#requireOpen();
    return this.#tokens.choose(readout, rows, sampler);
  }

  /** See {@linkcode DecoderStep}. */
  readLogits(readout: Readout, rows: RowSet = this.#rows.all()): Awaitable<Float32Array> {
    this.#requireOpen();
    return this.#tokens.logits(readout, rows);
  }

  /** See {@linkcode DecoderStep}. */
  selectVocabulary(
    readout: Readout,
    k: number,
    rows: RowSet = this.#rows.all(),
  ): VocabularySubset {
    this.#requireOpen();
    if (!(Number.isInteger(k) && k >= 1)) {
      throw new RangeError(`Cannot select a vocabulary: k must be >= 1: current value is ${k}`);
    }
    this.#views.count = 0;
    this.#marks.look(this.#views, rows, readout.mark);
    return this.#readouts.select(this.#views, readout, k);
  }

  /** See {@linkcode DecoderStep}. */
  mark(rows: RowSet = this.#rows.all()): HiddenMark {
    this.#requireOpen();
    return this.#marks.take(rows);
  }

  /** See {@linkcode DecoderStep}. */
  restore(mark: HiddenMark): void {
    this.#requireOpen();
    this.#marks.restore(mark);
  }

  /** See {@linkcode DecoderStep}. */
  commit(rows: RowSet = this.#rows.all()): void {
    this.#requireOpen();
    this.#committer.commit(rows);
    this.#open = false;
  }
}
