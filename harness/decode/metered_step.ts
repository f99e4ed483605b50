/**
 * A step that counts the calls made to it and passes them on.
 *
 * @module
 */
import type {
  Awaitable,
  DecoderStep,
  EntryFill,
  Part,
  Row,
  Sampler,
  Span,
  TokenChoice,
} from "../contract/backend.ts";
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
import { networkMacs } from "../signals/network.ts";
import type { LedgerCounter } from "./ledger.ts";

/** Positions present in one layer of one slot, ascending. */
export type Present = number[];

/** Count of entries ≤ position. */
export function countUpTo(present: Present, position: number): number {
  let low = 0;
  let high = present.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (present[middle]! <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function setPresent(present: Present, position: number, there: boolean): void {
  const at = countUpTo(present, position);
  const found = at > 0 && present[at - 1] === position;
  if (there && !found) present.splice(at, 0, position);
  else if (!there && found) present.splice(at - 1, 1);
}

/** What a metered step writes to. */
export interface MeterParts {
  /** Where prices go. */
  readonly ledger: LedgerCounter;
  /** Shapes. */
  readonly info: ModelInfo;
  /** Trained parts of the session. */
  readonly parts: TrainedParts | undefined;
  /** Entries of one pass of a block of a slot. */
  layer(slot: number, index: number): Present;
  /** Forgets entries at positions ≥ length. */
  truncate(slot: number, length: number): void;
}

/** Counts and forwards. */
export class MeteredStep implements DecoderStep {
  /** The step behind. */
  readonly inner: DecoderStep;
  readonly #meter: MeterParts;
  readonly #slots: number[] = [];
  readonly #positions: number[] = [];
  readonly #pending: boolean[] = [];
  /** Identity of each row's state. */
  readonly #states: number[] = [];
  readonly #marks: Map<number, Map<number, number>> = new Map();
  readonly #paid: Set<string> = new Set();
  #nextState = 1;

  /** Counts what is done to `inner`. */
  constructor(inner: DecoderStep, meter: MeterParts) {
    this.inner = inner;
    this.#meter = meter;
  }

  /** See {@linkcode DecoderStep}. */
  get rowCount(): number {
    return this.inner.rowCount;
  }

  #all(): RowSet {
    return Array.from({ length: this.#slots.length }, (_, row) => row);
  }

  /** Notes rows that have entered. */
  entered(rows: readonly Row[]): void {
    for (const row of rows) {
      this.#slots.push(row.slot);
      this.#positions.push(row.position);
      this.#pending.push(row.token === "pending");
      this.#states.push(this.#nextState++);
    }
    this.#meter.ledger.rows(rows.filter((row) => row.token !== "pending").length);
  }

  /** See {@linkcode DecoderStep}. */
  extend(rows: readonly Row[]): RowSet {
    const added = this.inner.extend(rows);
    this.entered(rows);
    return added;
  }

  #blocks(blocks: number | Span): Span {
    return typeof blocks === "number" ? { from: blocks, to: blocks + 1 } : blocks;
  }

  /** See {@linkcode DecoderStep}. */
  run(blocks: number | Span, part: Part, rows: RowSet = this.#all(), pass = 0): void {
    this.inner.run(blocks, part, rows, pass);
    const { from, to } = this.#blocks(blocks);
    for (let l = from; l < to && rows.length > 0; l++) {
      let visible = 0;
      let pending = 0;
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        if (part !== "mlp") {
          const layer = this.#layer(row, l, pass);
          setPresent(layer, this.#positions[row]!, true);
        }
        if (this.#pending[row]) pending++;
        this.#states[row] = this.#nextState++;
      }
      for (let i = 0; i < rows.length && part !== "mlp"; i++) {
        visible += countUpTo(this.#layer(rows[i]!, l, pass), this.#positions[rows[i]!]!);
      }
      this.#meter.ledger.run(part, { rows: rows.length, visible });
      if (part !== "mlp") this.#meter.ledger.recompute(pending);
    }
  }

  #layer(row: number, block: number, pass: number): Present {
    return this.#meter.layer(this.#slots[row]!, pass * this.#meter.info.layerCount + block);
  }

  /** See {@linkcode DecoderStep}. */
  fillKv(blocks: number | Span, fill: EntryFill, rows: RowSet = this.#all(), pass = 0): void {
    this.inner.fillKv(blocks, fill, rows, pass);
    const { from, to } = this.#blocks(blocks);
    for (let l = from; l < to && rows.length > 0; l++) {
      for (let i = 0; i < rows.length; i++) {
        const there = fill === "project" || fill === "copy";
        setPresent(this.#layer(rows[i]!, l, pass), this.#positions[rows[i]!]!, there);
      }
      this.#meter.ledger.fill(fill, rows.length);
    }
  }

  #stateId(row: number, mark: HiddenMark | undefined): number {
    return mark === undefined
      ? this.#states[row]!
      : this.#marks.get(mark.mark)?.get(row) ?? this.#states[row]!;
  }

  /** Charges the readouts that were not paid yet in this step. */
  #charge(readout: Readout, rows: RowSet): void {
    const head = this.#meter.parts?.heads.find(({ name }) => name === readout.head);
    const subset = readout.vocabulary;
    let fresh = 0;
    for (let i = 0; i < rows.length; i++) {
      const key = `${this.#stateId(rows[i]!, readout.mark)}/${readout.head}/${
        subset?.subset ?? ""
      }`;
      if (!this.#paid.has(key)) fresh++;
      this.#paid.add(key);
    }
    if (fresh === 0) return;
    this.#meter.ledger.readout({
      rows: fresh,
      vocabulary: Math.min(subset?.size ?? Infinity, this.#meter.info.vocabSize),
      steps: head === undefined ? 0 : networkMacs(head.steps, this.#meter.info.dModel),
    });
  }

  /** See {@linkcode DecoderStep}. */
  readSignals(requests: readonly SignalRequest[], rows: RowSet = this.#all()): Awaitable<Signals> {
    this.#meter.ledger.read();
    for (const request of requests) {
      if (request.kind === "readout") this.#charge(request.readout, rows);
      else if (request.kind === "kl") {
        this.#charge(request.p, rows);
        this.#charge(request.q, rows);
      } else if (request.kind === "logitCosine") {
        this.#charge(request.a, rows);
        this.#charge(request.b, rows);
      } else if (request.kind === "probe") {
        const probe = this.#meter.parts?.probes.find(({ name }) => name === request.probe);
        this.#meter.ledger.probe({
          rows: request.groups?.length ?? rows.length,
          macs: probe === undefined ? 0 : networkMacs(probe.steps, this.#meter.info.dModel),
        });
      }
    }
    return this.inner.readSignals(requests, rows);
  }

  /** See {@linkcode DecoderStep}. */
  pick(readout: Readout, row: number): TokenRef {
    this.#charge(readout, [row]);
    return this.inner.pick(readout, row);
  }

  /** See {@linkcode DecoderStep}. */
  readToken(
    readout: Readout,
    rows: RowSet = this.#all(),
    sampler?: Sampler,
  ): Awaitable<TokenChoice> {
    this.#meter.ledger.read();
    this.#charge(readout, rows);
    return this.inner.readToken(readout, rows, sampler);
  }

  /** See {@linkcode DecoderStep}. */
  readLogits(readout: Readout, rows: RowSet = this.#all()): Awaitable<Float32Array> {
    this.#meter.ledger.read();
    this.#charge(readout, rows);
    return this.inner.readLogits(readout, rows);
  }

  /** See {@linkcode DecoderStep}. */
  selectVocabulary(readout: Readout, k: number, rows: RowSet = this.#all()): VocabularySubset {
    this.#charge(readout, rows);
    return this.inner.selectVocabulary(readout, k, rows);
  }

  /** See {@linkcode DecoderStep}. */
  mark(rows: RowSet = this.#all()): HiddenMark {
    const mark = this.inner.mark(rows);
    const states = new Map<number, number>();
    for (let i = 0; i < rows.length; i++) states.set(rows[i]!, this.#states[rows[i]!]!);
    this.#marks.set(mark.mark, states);
    return mark;
  }

  /** See {@linkcode DecoderStep}. */
  restore(mark: HiddenMark): void {
    this.inner.restore(mark);
    for (const [row, state] of this.#marks.get(mark.mark) ?? []) this.#states[row] = state;
  }

  /** See {@linkcode DecoderStep}. */
  commit(rows: RowSet = this.#all()): void {
    this.inner.commit(rows);
    const kept = new Set(Array.from(rows));
    for (let row = 0; row < this.#slots.length; row++) {
      if (!kept.has(row)) this.#meter.truncate(this.#slots[row]!, this.#positions[row]!);
    }
  }
}

/** The step behind a counting one: what is done to it is not counted. */
export function uncounted(step: DecoderStep): DecoderStep {
  return step instanceof MeteredStep ? step.inner : step;
}
