/**
 * Signals of the rows of a step, reduced in the engine.
 *
 * @module
 */
import type { Probe } from "../../harness/contract/parts.ts";
import type {
  HiddenMark,
  Readout,
  RowSet,
  SignalRequest,
  Signals,
  StateSignal,
} from "../../harness/contract/signal.ts";
import { readoutSignal } from "../../harness/signals/mod.ts";
import type { Engine } from "./kernel_module.ts";
import type { Marks, StateView } from "./marks.ts";
import type { MemoryView } from "./memory_view.ts";
import type { Readouts } from "./readouts.ts";

/** Codes of wasm/src/lib.rs. */
const STATE_SIGNAL: Readonly<Record<StateSignal, number>> = {
  cosine: 0,
  relativeNorm: 1,
  featureEntropy: 2,
};
/** Codes of comparisons, likewise. */
const COMPARE = { kl: 0, cosine: 1, centredCosine: 2 } as const;

/** What signals are read from. */
export interface SignalParts {
  /** The engine. */
  readonly engine: Engine;
  /** Its memory. */
  readonly view: MemoryView;
  /** Readouts. */
  readonly readouts: Readouts;
  /** Probes of the opened parts. */
  readonly probes: readonly Probe[];
}

/** Reduces requests into one session-owned array. */
export class SignalReader {
  readonly #parts: SignalParts;
  readonly #marks: Marks;
  #values = new Float32Array(0);

  /** Reads the marks' and rows' states. */
  constructor(parts: SignalParts, marks: Marks) {
    this.#parts = parts;
    this.#marks = marks;
  }

  #probe(name: string): number {
    const index = this.#parts.probes.findIndex((probe) => probe.name === name);
    if (index < 0) {
      throw new RangeError(
        `Cannot read a probe: expected one of the opened parts: current value is "${name}"`,
      );
    }
    return index;
  }

  #width(request: SignalRequest): number {
    return request.kind === "probe" ? this.#parts.probes[this.#probe(request.probe)]!.outputs : 1;
  }

  /** Values of all requests for the rows. */
  read(requests: readonly SignalRequest[], rows: RowSet): Signals {
    const widths = requests.map((request) => this.#width(request));
    const offsets: number[] = [];
    let total = 0;
    for (const width of widths) {
      offsets.push(total);
      total += width * rows.length;
    }
    if (this.#values.length < total) this.#values = new Float32Array(total);
    requests.forEach((request, i) => this.#reduce(request, rows, offsets[i]!));
    return { values: this.#values, offsets, widths };
  }

  #views(rows: RowSet, mark: HiddenMark | undefined): StateView[] {
    return Array.from({ length: rows.length }, (_, i) => this.#marks.view(rows[i]!, mark));
  }

  #reduce(request: SignalRequest, rows: RowSet, at: number): void {
    switch (request.kind) {
      case "readout": {
        const { head, vocabulary, mark } = request.readout;
        const views = this.#views(rows, mark);
        const { readouts } = this.#parts;
        readouts.reduceAll(views, head, vocabulary);
        views.forEach((view, i) => {
          const value = readoutSignal(readouts.stats(view, head, vocabulary), request.signal);
          this.#values[at + i] = request.signal === "token"
            ? readouts.token(view, vocabulary, value)
            : value;
        });
        return;
      }
      case "kl":
        return this.#pairs([request.p, request.q], rows, { at, compare: COMPARE.kl });
      case "logitCosine":
        return this.#pairs([request.a, request.b], rows, {
          at,
          compare: request.centred ? COMPARE.centredCosine : COMPARE.cosine,
        });
      case "state":
        for (let i = 0; i < rows.length; i++) {
          this.#values[at + i] = this.#parts.engine.state_signal(
            STATE_SIGNAL[request.signal],
            this.#marks.view(rows[i]!, request.a).state,
            this.#marks.view(rows[i]!, request.b).state,
          );
        }
        return;
      case "probe":
        return this.#probeRows(request, rows, at);
    }
  }

  #pairs(
    [first, second]: readonly [Readout, Readout],
    rows: RowSet,
    { at, compare }: { readonly at: number; readonly compare: number },
  ): void {
    const { engine, readouts } = this.#parts;
    for (let i = 0; i < rows.length; i++) {
      const a = this.#marks.view(rows[i]!, first.mark);
      const held = engine.hold(readouts.locate(a, first.head, first.vocabulary));
      const b = this.#marks.view(rows[i]!, second.mark);
      if (readouts.width(b, second.vocabulary) !== held) {
        throw new RangeError("Cannot compare two readouts: their vocabularies differ in size");
      }
      const row = readouts.locate(b, second.head, second.vocabulary);
      this.#values[at + i] = engine.compare(compare, row);
    }
  }

  #probeRows(
    request: Extract<SignalRequest, { kind: "probe" }>,
    rows: RowSet,
    at: number,
  ): void {
    const { engine, view, probes } = this.#parts;
    const probe = this.#probe(request.probe);
    const { outputs } = probes[probe]!;
    const groups: readonly RowSet[] = request.groups ??
      Array.from({ length: rows.length }, (_, i) => [rows[i]!]);
    const place = new Map(Array.from({ length: rows.length }, (_, i) => [rows[i]!, i]));
    for (const group of groups) {
      const table = engine.table(group.length) / 4;
      for (let g = 0; g < group.length; g++) {
        view.i32[table + g] = this.#marks.view(group[g]!, request.mark).state;
      }
      const output = view.floats(engine.probe(probe, group.length), outputs);
      for (let g = 0; g < group.length; g++) {
        const i = place.get(group[g]!);
        if (i !== undefined) this.#values.set(output, at + i * outputs);
      }
    }
  }
}
