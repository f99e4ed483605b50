/**
 * The open step of a wasm session: books in TypeScript, work in the engine.
 *
 * @module
 */
import type {
  DecoderStep,
  EntryFill,
  Part,
  Row,
  Sampler,
  Span,
  TokenChoice,
} from "../../harness/contract/backend.ts";
import { ContractError } from "../../harness/contract/errors.ts";
import type { ModelInfo } from "../../harness/contract/model.ts";
import type { Probe } from "../../harness/contract/parts.ts";
import type {
  HiddenMark,
  Readout,
  RowSet,
  SignalRequest,
  Signals,
  TokenRef,
  VocabularySubset,
} from "../../harness/contract/signal.ts";
import { commitRows } from "./commit.ts";
import { enterRow, type Entrance } from "./enter_rows.ts";
import type { Engine } from "./kernel_module.ts";
import { Marks, type StateView } from "./marks.ts";
import type { MemoryView } from "./memory_view.ts";
import type { Readouts } from "./readouts.ts";
import { Rows } from "./rows.ts";
import { SignalReader } from "./signals.ts";
import type { Slots } from "./slots.ts";
import type { StatePool } from "./state_pool.ts";
import { TokenReader } from "./tokens.ts";

/** Codes of wasm/src/lib.rs. */
const PART: Readonly<Record<Part, number>> = { block: 0, attention: 1, mlp: 2 };
/** Codes of fills, likewise; the last two are the marks of cache.rs. */
const FILL: Readonly<Record<EntryFill, number>> = { project: 0, copy: 1, hole: 2, none: 3 };
/** i32 per row of the engine's table. */
const TABLE = 4;

/** What a step works on; owned by the session. */
export interface StepParts {
  /** Shapes. */
  readonly info: ModelInfo;
  /** The engine. */
  readonly engine: Engine;
  /** Its memory. */
  readonly view: MemoryView;
  /** Its states. */
  readonly pool: StatePool;
  /** Open slots. */
  readonly slots: Slots;
  /** Readouts. */
  readonly readouts: Readouts;
  /** Probes of the opened parts. */
  readonly probes: readonly Probe[];
  /** Longest sequence. */
  readonly context: number;
}

/** Reused by the session: `begin` starts it anew. */
export class WasmStep implements DecoderStep {
  readonly #parts: StepParts;
  readonly #rows: Rows;
  readonly #marks: Marks;
  readonly #signals: SignalReader;
  readonly #tokens: TokenReader;
  readonly #picked: number[] = [];
  readonly #entrance: Entrance;
  #open = false;

  /** A step of one session. */
  constructor(parts: StepParts) {
    this.#parts = parts;
    this.#rows = new Rows(parts.pool);
    this.#marks = new Marks(this.#rows, parts);
    this.#signals = new SignalReader(parts, this.#marks);
    this.#tokens = new TokenReader(parts.readouts, parts.info.vocabSize);
    this.#entrance = { ...parts, vocabSize: parts.info.vocabSize, picked: this.#picked };
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
    this.#parts.readouts.reset();
    this.#open = true;
    try {
      this.extend(rows);
    } catch (error) {
      this.#open = false;
      throw error;
    }
    this.#picked.length = 0;
  }

  #requireOpen(): void {
    if (!this.#open) throw new RangeError("Cannot use a step: it was committed: begin a new one");
  }

  /** See {@linkcode DecoderStep}. */
  extend(rows: readonly Row[]): RowSet {
    this.#requireOpen();
    const first = this.#rows.count;
    for (const row of rows) enterRow(this.#rows, row, this.#entrance);
    return this.#rows.all().slice(first);
  }

  /** Describes rows to the engine. */
  #tabulate(rows: RowSet): void {
    const { engine, view } = this.#parts;
    const columns = this.#rows;
    let at = engine.table(rows.length) / 4;
    const { i32 } = view;
    for (let i = 0; i < rows.length; i++, at += TABLE) {
      const row = rows[i]!;
      if (!(row >= 0 && row < columns.count)) {
        throw new RangeError(`Cannot use row ${row}: the step has ${columns.count} rows`);
      }
      i32[at] = columns.states[row]!;
      i32[at + 1] = columns.slots[row]!;
      i32[at + 2] = columns.positions[row]!;
      i32[at + 3] = columns.lastLayers[row]!;
    }
  }

  #span(blocks: number | Span): Span {
    const span = typeof blocks === "number" ? { from: blocks, to: blocks + 1 } : blocks;
    const { layerCount } = this.#parts.info;
    if (!(span.from >= 0 && span.to <= layerCount && span.from <= span.to)) {
      throw new RangeError(
        `Cannot run blocks ${span.from} to ${span.to - 1}: the model has ${layerCount}`,
      );
    }
    return span;
  }

  #passed(rows: RowSet, height: number): void {
    const { heights } = this.#rows;
    for (let i = 0; i < rows.length; i++) {
      heights[rows[i]!] = Math.max(heights[rows[i]!]!, height);
    }
  }

  /** See {@linkcode DecoderStep}. */
  run(blocks: number | Span, part: Part, rows: RowSet = this.#rows.all(), pass = 0): void {
    this.#requireOpen();
    const { from, to } = this.#span(blocks);
    if (rows.length === 0 || from === to) return;
    const { engine, info } = this.#parts;
    this.#tabulate(rows);
    const done = engine.run(from, to, PART[part], pass, rows.length);
    if (done > from) {
      this.#passed(rows, done);
      const columns = this.#rows;
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        if (part !== "mlp") columns.lastLayers[row] = pass * info.layerCount + done - 1;
        columns.stateIds[row] = columns.freshState();
      }
    }
    if (done < to) {
      throw new ContractError(
        "wasm",
        `block ${done} reads position ${engine.fault_position()}, whose entry ${
          engine.fault_entry() === FILL.none ? 'was filled with "none"' : "was never written"
        }: run or fill it first`,
      );
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
    const { from, to } = this.#span(blocks);
    if (rows.length === 0 || from === to) return;
    this.#tabulate(rows);
    if (fill === "copy") {
      for (let i = 0; i < rows.length; i++) {
        if (this.#rows.lastLayers[rows[i]!]! < 0) {
          throw new RangeError(
            'Cannot fill with "copy": expected a block that has run: the row has run none',
          );
        }
      }
    }
    this.#parts.engine.fill(from, to, FILL[fill], pass, rows.length);
    this.#passed(rows, to);
  }

  /** See {@linkcode DecoderStep}. */
  readSignals(requests: readonly SignalRequest[], rows: RowSet = this.#rows.all()): Signals {
    this.#requireOpen();
    return this.#signals.read(requests, rows);
  }

  #views(rows: RowSet, mark: HiddenMark | undefined): StateView[] {
    return Array.from({ length: rows.length }, (_, i) => this.#marks.view(rows[i]!, mark));
  }

  /** See {@linkcode DecoderStep}. */
  pick(readout: Readout, row: number): TokenRef {
    this.#requireOpen();
    this.#picked.push(this.#tokens.argmax(readout, this.#marks.view(row, readout.mark)));
    return { ref: this.#picked.length - 1 };
  }

  /** See {@linkcode DecoderStep}. */
  readToken(
    readout: Readout,
    rows: RowSet = this.#rows.all(),
    sampler?: Sampler,
  ): TokenChoice {
    this.#requireOpen();
    return this.#tokens.choose(readout, this.#views(rows, readout.mark), sampler);
  }

  /** See {@linkcode DecoderStep}. */
  readLogits(readout: Readout, rows: RowSet = this.#rows.all()): Float32Array {
    this.#requireOpen();
    return this.#tokens.logits(readout, this.#views(rows, readout.mark));
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
    return this.#parts.readouts.select(this.#views(rows, readout.mark), readout.head, {
      k,
      within: readout.vocabulary,
    });
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
    commitRows(this.#rows, rows, this.#parts);
    this.#open = false;
  }
}
