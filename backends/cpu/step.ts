/**
 * The open step of a cpu session.
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
import type { BlockRow, Blocks } from "./blocks.ts";
import { commitRows } from "./commit.ts";
import { enterRows } from "./enter_rows.ts";
import { Marks } from "./marks.ts";
import type { Readouts, StateView } from "./readouts.ts";
import { Rows } from "./rows.ts";
import { SignalReader } from "./signals.ts";
import { ENTRY, type Slot } from "./slot.ts";
import { TokenChooser } from "./token_chooser.ts";
import type { Weights } from "./weights.ts";

/** What a step works on; owned by the session. */
export interface StepParts {
  /** Shapes. */
  readonly info: ModelInfo;
  /** Weights. */
  readonly weights: Weights;
  /** Blocks. */
  readonly blocks: Blocks;
  /** Readouts. */
  readonly readouts: Readouts;
  /** Probes of the opened parts. */
  readonly probes: readonly Probe[];
  /** Slot of a handle; throws when it is not open. */
  slot(handle: number): Slot;
  /** Longest sequence. */
  readonly context: number;
  /** Called when the step ends. */
  closed(): void;
}

/** Reused by the session: `begin` starts it anew. */
export class CpuStep implements DecoderStep {
  readonly #parts: StepParts;
  readonly #rows: Rows;
  readonly #marks: Marks;
  readonly #signals: SignalReader;
  readonly #tokens: TokenChooser;
  readonly #picked: number[] = [];
  #open = false;
  #logits = new Float32Array(0);

  /** A step of one session. */
  constructor(parts: StepParts) {
    this.#parts = parts;
    this.#rows = new Rows(parts.info.dModel, 1);
    this.#marks = new Marks(this.#rows, parts.info.dModel);
    this.#signals = new SignalReader(parts, this.#marks);
    this.#tokens = new TokenChooser(parts.readouts);
  }

  /** Bytes of row states. */
  get byteLength(): number {
    return this.#rows.byteLength + this.#logits.byteLength;
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

  #all(): RowSet {
    return Array.from({ length: this.#rows.count }, (_, row) => row);
  }

  #tokenOf(token: number | TokenRef): number {
    return typeof token === "number" ? token : this.#picked[token.ref] ?? NaN;
  }

  /** See {@linkcode DecoderStep}. */
  extend(rows: readonly Row[]): RowSet {
    this.#requireOpen();
    return enterRows(this.#rows, rows, {
      ...this.#parts,
      tokenOf: (token) => this.#tokenOf(token),
    });
  }

  #blockRows(rows: RowSet, layer: (slot: Slot) => number): BlockRow[] {
    const out: BlockRow[] = [];
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const slot = this.#parts.slot(this.#rows.slots[row]!);
      out.push({
        at: row * this.#parts.info.dModel,
        position: this.#rows.positions[row]!,
        layer: slot.layer(layer(slot)),
      });
    }
    return out;
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

  #passed(rows: RowSet, block: number): void {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      this.#rows.heights[row] = Math.max(this.#rows.heights[row]!, block + 1);
    }
  }

  /** See {@linkcode DecoderStep}. */
  run(blocks: number | Span, part: Part, rows: RowSet = this.#all(), pass = 0): void {
    this.#requireOpen();
    if (rows.length === 0) return;
    const { from, to } = this.#span(blocks);
    for (let l = from; l < to; l++) {
      const index = pass * this.#parts.info.layerCount + l;
      const blockRows = this.#blockRows(rows, () => index);
      if (part !== "mlp") {
        this.#parts.blocks.attention(this.#rows.hidden, blockRows, { block: l, pass });
        for (let i = 0; i < rows.length; i++) this.#rows.lastLayers[rows[i]!] = index;
      }
      if (part !== "attention") this.#parts.blocks.mlp(this.#rows.hidden, blockRows, l);
      this.#passed(rows, l);
      for (let i = 0; i < rows.length; i++) {
        this.#rows.stateIds[rows[i]!] = this.#rows.freshState();
      }
    }
  }

  /** See {@linkcode DecoderStep}. */
  fillKv(blocks: number | Span, fill: EntryFill, rows: RowSet = this.#all(), pass = 0): void {
    this.#requireOpen();
    if (rows.length === 0) return;
    const { from, to } = this.#span(blocks);
    for (let l = from; l < to; l++) {
      const index = pass * this.#parts.info.layerCount + l;
      const blockRows = this.#blockRows(rows, () => index);
      if (fill === "project") this.#parts.blocks.projectKv(this.#rows.hidden, blockRows, l);
      else if (fill === "copy") this.#copy(rows, blockRows);
      else {
        for (const { layer, position } of blockRows) layer.present[position] = ENTRY[fill];
      }
      this.#passed(rows, l);
    }
  }

  #copy(rows: RowSet, blockRows: readonly BlockRow[]): void {
    const width = this.#parts.info.kvHeads * this.#parts.info.headDim;
    blockRows.forEach(({ layer, position }, i) => {
      const last = this.#rows.lastLayers[rows[i]!]!;
      if (last < 0) {
        throw new RangeError(
          'Cannot fill with "copy": expected a block that has run: the row has run none',
        );
      }
      const from = this.#parts.slot(this.#rows.slots[rows[i]!]!).layer(last);
      const start = position * width;
      layer.keys.set(from.keys.subarray(start, start + width), start);
      layer.values.set(from.values.subarray(start, start + width), start);
      layer.present[position] = ENTRY.present;
    });
  }

  /** See {@linkcode DecoderStep}. */
  readSignals(requests: readonly SignalRequest[], rows: RowSet = this.#all()): Signals {
    this.#requireOpen();
    return this.#signals.read(requests, rows);
  }

  #views(rows: RowSet, mark: HiddenMark | undefined): StateView[] {
    return Array.from({ length: rows.length }, (_, i) => this.#marks.view(rows[i]!, mark));
  }

  /** See {@linkcode DecoderStep}. */
  pick(readout: Readout, row: number): TokenRef {
    this.#requireOpen();
    const view = this.#marks.view(row, readout.mark);
    const { readouts } = this.#parts;
    readouts.reduceAll([view], readout.head, readout.vocabulary);
    const { token } = readouts.stats(view, readout.head, readout.vocabulary);
    this.#picked.push(readouts.token(view, readout.vocabulary, token));
    return { ref: this.#picked.length - 1 };
  }

  /** See {@linkcode DecoderStep}. */
  readToken(readout: Readout, rows: RowSet = this.#all(), sampler?: Sampler): TokenChoice {
    this.#requireOpen();
    return this.#tokens.choose(readout, this.#views(rows, readout.mark), sampler);
  }

  /** See {@linkcode DecoderStep}. */
  readLogits(readout: Readout, rows: RowSet = this.#all()): Float32Array {
    this.#requireOpen();
    if (readout.vocabulary !== undefined) {
      throw new RangeError("Cannot read logits over a subset: read them over the whole vocabulary");
    }
    const v = this.#parts.info.vocabSize;
    if (this.#logits.length < rows.length * v) this.#logits = new Float32Array(rows.length * v);
    this.#views(rows, readout.mark).forEach((view, i) => {
      this.#logits.set(this.#parts.readouts.logits(view, readout.head), i * v);
    });
    return this.#logits.subarray(0, rows.length * v);
  }

  /** See {@linkcode DecoderStep}. */
  selectVocabulary(readout: Readout, k: number, rows: RowSet = this.#all()): VocabularySubset {
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
  mark(rows: RowSet = this.#all()): HiddenMark {
    this.#requireOpen();
    return this.#marks.take(rows);
  }

  /** See {@linkcode DecoderStep}. */
  restore(mark: HiddenMark): void {
    this.#requireOpen();
    this.#marks.restore(mark);
  }

  /** See {@linkcode DecoderStep}. */
  commit(rows: RowSet = this.#all()): void {
    this.#requireOpen();
    commitRows(this.#rows, rows, this.#parts);
    this.#open = false;
    this.#parts.closed();
  }
}
