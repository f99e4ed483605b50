/**
 * Signals of the rows of a step: all requests of one read are put to the engine
 * first, then waited for together.
 *
 * @module
 */
import type { Awaitable } from "../contract/backend.ts";
import type { Probe } from "../contract/parts.ts";
import type { HiddenMark, RowSet, SignalRequest, Signals } from "../contract/signal.ts";
import { StateViews } from "./columns.ts";
import type { StepEngine } from "./engine.ts";
import { LogitPairs } from "./logit_pairs.ts";
import type { Marks } from "./marks.ts";
import type { Readouts } from "./readouts.ts";
import { ENTRY_SIZE, PLACE } from "./results.ts";

/** What signals are read from. */
export interface SignalParts {
  /** The engine. */
  readonly engine: StepEngine;
  /** Readouts. */
  readonly readouts: Readouts;
  /** Marks. */
  readonly marks: Marks;
  /** Probes of the opened parts, as the engine numbers them. */
  readonly probes: readonly Probe[];
}

/** {@linkcode Signals}, filled anew by every read. */
interface OwnSignals {
  values: Float32Array;
  offsets: Int32Array;
  widths: Int32Array;
}

/** Reduces requests into session-owned arrays. */
export class SignalReader {
  readonly #parts: SignalParts;
  readonly #pairs: LogitPairs;
  readonly #first: StateViews = new StateViews();
  readonly #second: StateViews = new StateViews();
  /** Per cell: place of the reduction that it is a copy of, −1 for none. */
  #sources = new Int32Array(64);
  /** Cells that copy other cells, in turn: to, from. */
  readonly #copies: number[] = [];
  readonly #signals: OwnSignals = {
    values: new Float32Array(0),
    offsets: new Int32Array(8),
    widths: new Int32Array(8),
  };
  readonly #finish = (): Signals => this.#collect();

  /** Reads the marks' and rows' states. */
  constructor(parts: SignalParts) {
    this.#parts = parts;
    this.#pairs = new LogitPairs(parts);
  }

  #probe(name: string): number {
    const { probes } = this.#parts;
    let index = 0;
    while (index < probes.length && probes[index]!.name !== name) index++;
    if (index < probes.length) return index;
    throw new RangeError(
      `Cannot read a probe: expected one of the opened parts: current value is "${name}"`,
    );
  }

  #layOut(requests: readonly SignalRequest[], rows: RowSet): void {
    const signals = this.#signals;
    if (requests.length > signals.offsets.length) {
      signals.offsets = new Int32Array(2 * requests.length);
      signals.widths = new Int32Array(2 * requests.length);
    }
    let total = 0;
    for (let i = 0; i < requests.length; i++) {
      const request = requests[i]!;
      const width = request.kind === "probe"
        ? this.#parts.probes[this.#probe(request.probe)]!.outputs
        : 1;
      signals.offsets[i] = total;
      signals.widths[i] = width;
      total += width * rows.length;
    }
    this.#parts.engine.results.beginRead(total);
    if (total > this.#sources.length) this.#sources = new Int32Array(2 * total);
    this.#sources.fill(-1, 0, total);
    this.#copies.length = 0;
  }

  /** Values of all requests for the rows. */
  read(requests: readonly SignalRequest[], rows: RowSet): Awaitable<Signals> {
    const { readouts, engine } = this.#parts;
    this.#layOut(requests, rows);
    try {
      this.#readOut(requests, rows);
    } catch (error) {
      this.#pairs.abandon();
      readouts.abandon();
      throw error;
    }
    for (let i = 0; i < requests.length; i++) {
      const request = requests[i]!;
      const at = this.#signals.offsets[i]!;
      if (request.kind === "state") {
        const { first, second } = this.#look(rows, request.a, request.b);
        const states = { a: first.states, b: second.states, count: rows.length };
        engine.stateSignals(request.signal, states, at);
      } else if (request.kind === "probe") this.#probeRows(request, rows, at);
    }
    const wait = engine.settle();
    return wait === undefined ? this.#collect() : wait.then(this.#finish);
  }

  #look(
    rows: RowSet,
    a: HiddenMark | undefined,
    b: HiddenMark | undefined,
  ): { readonly first: StateViews; readonly second: StateViews } {
    const { marks } = this.#parts;
    this.#first.count = 0;
    this.#second.count = 0;
    marks.look(this.#first, rows, a);
    marks.look(this.#second, rows, b);
    return { first: this.#first, second: this.#second };
  }

  /** Comparisons first: what they read out together need not be read out again. */
  #readOut(requests: readonly SignalRequest[], rows: RowSet): void {
    const { readouts, marks } = this.#parts;
    for (let i = 0; i < requests.length; i++) {
      const request = requests[i]!;
      const at = this.#signals.offsets[i]!;
      if (request.kind === "kl") {
        this.#pairs.add({ comparison: "kl", first: request.p, second: request.q }, rows, at);
      } else if (request.kind === "logitCosine") {
        const comparison = request.centred ? "centredCosine" : "cosine";
        this.#pairs.add({ comparison, first: request.a, second: request.b }, rows, at);
      }
    }
    this.#pairs.finish();
    for (let i = 0; i < requests.length; i++) {
      const request = requests[i]!;
      if (request.kind !== "readout") continue;
      const views = this.#first;
      views.count = 0;
      marks.look(views, rows, request.readout.mark);
      readouts.want(views, request.readout);
      const place = PLACE[request.signal];
      for (let r = 0; r < views.count; r++) {
        const entry = readouts.entry(views.ids[r]!, request.readout);
        this.#sources[this.#signals.offsets[i]! + r] = entry * ENTRY_SIZE + place;
      }
    }
    readouts.reduce();
  }

  /** Each group is probed once; its first row of the read gets the outputs, others copy them. */
  #probeRows(
    request: Extract<SignalRequest, { kind: "probe" }>,
    rows: RowSet,
    at: number,
  ): void {
    const { engine, marks, probes } = this.#parts;
    const probe = this.#probe(request.probe);
    const { outputs } = probes[probe]!;
    const views = this.#first;
    if (request.groups === undefined) {
      for (let i = 0; i < rows.length; i++) {
        views.count = 0;
        marks.lookAt(views, rows[i]!, request.mark);
        engine.probe(probe, views, at + i * outputs);
      }
      return;
    }
    for (const group of request.groups) {
      views.count = 0;
      marks.look(views, group, request.mark);
      let cell = -1;
      for (let i = 0; i < rows.length; i++) {
        if (!includes(group, rows[i]!)) continue;
        const own = at + i * outputs;
        if (cell < 0) engine.probe(probe, views, cell = own);
        else for (let o = 0; o < outputs; o++) this.#copies.push(own + o, cell + o);
      }
    }
  }

  #collect(): Signals {
    const { results } = this.#parts.engine;
    const { cells, entries, cellCount } = results;
    for (let cell = 0; cell < cellCount; cell++) {
      const source = this.#sources[cell]!;
      if (source >= 0) cells[cell] = entries[source]!;
    }
    for (let i = 0; i < this.#copies.length; i += 2) {
      cells[this.#copies[i]!] = cells[this.#copies[i + 1]!]!;
    }
    this.#signals.values = cells;
    return this.#signals;
  }
}

function includes(group: RowSet, row: number): boolean {
  for (let i = 0; i < group.length; i++) if (group[i] === row) return true;
  return false;
}
