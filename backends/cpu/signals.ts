/**
 * Signals of the rows of a step.
 *
 * @module
 */
import type { ModelInfo } from "../../harness/contract/model.ts";
import type { Probe } from "../../harness/contract/parts.ts";
import type {
  HiddenMark,
  Readout,
  RowSet,
  SignalRequest,
  Signals,
} from "../../harness/contract/signal.ts";
import { klDivergence } from "../../harness/numerics/logits.ts";
import { logitCosine, readoutSignal, runNetwork, stateSignal } from "../../harness/signals/mod.ts";
import type { Marks } from "./marks.ts";
import type { Readouts, StateView } from "./readouts.ts";

/** What signals are read from. */
export interface SignalParts {
  /** Shapes. */
  readonly info: ModelInfo;
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
  #first = new Float32Array(0);

  /** Reads the marks' and rows' states. */
  constructor(parts: SignalParts, marks: Marks) {
    this.#parts = parts;
    this.#marks = marks;
  }

  #probe(name: string): Probe {
    const probe = this.#parts.probes.find((candidate) => candidate.name === name);
    if (probe === undefined) {
      throw new RangeError(
        `Cannot read a probe: expected one of the opened parts: current value is "${name}"`,
      );
    }
    return probe;
  }

  /** Values of all requests for the rows. */
  read(requests: readonly SignalRequest[], rows: RowSet): Signals {
    const widths = requests.map((r) => r.kind === "probe" ? this.#probe(r.probe).outputs : 1);
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
        return this.#pairs(rows, { first: request.p, second: request.q, at }, klDivergence);
      case "logitCosine":
        return this.#pairs(
          rows,
          { first: request.a, second: request.b, at },
          (a, b) => logitCosine(a, b, request),
        );
      case "state": {
        const d = this.#parts.info.dModel;
        const vector = ({ buffer, at }: StateView) => buffer.subarray(at, at + d);
        for (let i = 0; i < rows.length; i++) {
          this.#values[at + i] = stateSignal(request.signal, {
            a: vector(this.#marks.view(rows[i]!, request.a)),
            b: vector(this.#marks.view(rows[i]!, request.b)),
          });
        }
        return;
      }
      case "probe":
        return this.#probeRows(request, rows, at);
    }
  }

  #pairs(
    rows: RowSet,
    { first, second, at }: {
      readonly first: Readout;
      readonly second: Readout;
      readonly at: number;
    },
    reduce: (a: Float32Array, b: Float32Array) => number,
  ): void {
    const { readouts } = this.#parts;
    for (let i = 0; i < rows.length; i++) {
      const a = this.#marks.view(rows[i]!, first.mark);
      const logits = readouts.vector(a, first.head, first.vocabulary);
      if (this.#first.length !== logits.length) this.#first = new Float32Array(logits.length);
      this.#first.set(logits);
      const b = this.#marks.view(rows[i]!, second.mark);
      const other = readouts.vector(b, second.head, second.vocabulary);
      if (other.length !== this.#first.length) {
        throw new RangeError("Cannot compare two readouts: their vocabularies differ in size");
      }
      this.#values[at + i] = reduce(this.#first, other);
    }
  }

  #probeRows(
    request: Extract<SignalRequest, { kind: "probe" }>,
    rows: RowSet,
    at: number,
  ): void {
    const probe = this.#probe(request.probe);
    const d = this.#parts.info.dModel;
    const groups: readonly RowSet[] = request.groups ??
      Array.from({ length: rows.length }, (_, i) => [rows[i]!]);
    const place = new Map(Array.from({ length: rows.length }, (_, i) => [rows[i]!, i]));
    for (const group of groups) {
      const mean = new Float32Array(d);
      for (let g = 0; g < group.length; g++) {
        const { buffer, at: start } = this.#marks.view(group[g]!, request.mark);
        for (let i = 0; i < d; i++) mean[i] = mean[i]! + buffer[start + i]! / group.length;
      }
      const output = runNetwork(probe.steps, mean);
      for (let g = 0; g < group.length; g++) {
        const i = place.get(group[g]!);
        if (i !== undefined) this.#values.set(output, at + i * probe.outputs);
      }
    }
  }
}
