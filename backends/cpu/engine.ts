/**
 * Kernels and memory of the cpu backend: everything happens at once.
 *
 * @module
 */
import type {
  EntryFill,
  OpenOptions,
  Part,
  SessionMemory,
} from "../../harness/contract/backend.ts";
import type { Checkpoint, ModelInfo } from "../../harness/contract/model.ts";
import type { StateSignal } from "../../harness/contract/signal.ts";
import {
  type BlockRange,
  type Comparison,
  type EmbeddedRows,
  ENTRY,
  type Fault,
  faultOf,
  type HeadBatch,
  type IdRange,
  PLACE,
  Results,
  type RowBatch,
  type StepEngine,
} from "../../harness/stepping/mod.ts";
import { type BlockRow, Blocks } from "./blocks.ts";
import { Cache } from "./cache.ts";
import { Readouts } from "./readouts.ts";
import type { Weights } from "./weights.ts";

/** The engine of one cpu session. */
export class CpuEngine implements StepEngine {
  /** See {@linkcode StepEngine}. */
  readonly name = "cpu";
  /** See {@linkcode StepEngine}. */
  readonly results: Results = new Results();
  /** See {@linkcode StepEngine}. */
  fault: Fault = { position: 0, entry: "owed" };
  readonly #info: ModelInfo;
  readonly #weights: Weights;
  readonly #blocks: Blocks;
  readonly #readouts: Readouts;
  readonly #caches: (Cache | undefined)[] = [];
  readonly #context: number;
  readonly #partBytes: number;
  #states = new Float32Array(0);

  /** An engine on weights that were read. */
  constructor(checkpoint: Checkpoint, options: OpenOptions, weights: Weights) {
    const { info, architecture } = checkpoint;
    this.#info = info;
    this.#weights = weights;
    this.#context = Math.min(options.context, info.context);
    this.#blocks = new Blocks(info, { architecture, weights, context: this.#context });
    this.#readouts = new Readouts({
      info,
      architecture,
      weights,
      parts: options.parts,
      results: this.results,
      state: (index) => this.#state(index),
    });
    this.#partBytes = partBytes(options);
  }

  #state(index: number): Float32Array {
    const d = this.#info.dModel;
    return this.#states.subarray(index * d, (index + 1) * d);
  }

  /** See {@linkcode StepEngine}. */
  beginStep(): void {}

  /** See {@linkcode StepEngine}. */
  reserveStates(count: number): void {
    const states = new Float32Array(count * this.#info.dModel);
    states.set(this.#states);
    this.#states = states;
  }

  /** See {@linkcode StepEngine}. */
  copyStates(to: Int32Array, from: Int32Array, count: number): void {
    const d = this.#info.dModel;
    for (let i = 0; i < count; i++) {
      this.#states.copyWithin(to[i]! * d, from[i]! * d, (from[i]! + 1) * d);
    }
  }

  /** See {@linkcode StepEngine}. */
  embed(
    states: Int32Array,
    { tokens, positions, count }: EmbeddedRows,
  ): void {
    const d = this.#info.dModel;
    const { embedding, positions: learned } = this.#weights;
    for (let i = 0; i < count; i++) {
      const at = tokens[i]! * d, to = states[i]! * d;
      this.#states.set(embedding.subarray(at, at + d), to);
      if (learned === undefined) continue;
      const from = positions[i]! * d;
      for (let j = 0; j < d; j++) this.#states[to + j] = this.#states[to + j]! + learned[from + j]!;
    }
  }

  /** See {@linkcode StepEngine}. */
  openSlot(slot: number): void {
    this.#caches[slot] = new Cache(this.#info, this.#context);
  }

  /** See {@linkcode StepEngine}. */
  copySlot(to: number, from: number, length: number): void {
    this.#caches[to]!.copyFrom(this.#caches[from]!, length);
  }

  /** See {@linkcode StepEngine}. */
  truncateSlot(slot: number, length: number): void {
    this.#caches[slot]!.truncate(length);
  }

  /** See {@linkcode StepEngine}. */
  closeSlot(slot: number): void {
    this.#caches[slot] = undefined;
  }

  #rowsAt({ count, states, slots, positions }: RowBatch, layer: number): BlockRow[] {
    const rows: BlockRow[] = [];
    for (let i = 0; i < count; i++) {
      rows.push({
        at: states[i]! * this.#info.dModel,
        position: positions[i]!,
        layer: this.#caches[slots[i]!]!.layer(layer),
      });
    }
    return rows;
  }

  /** See {@linkcode StepEngine}. */
  run(batch: RowBatch, part: Part, { from, to, pass }: BlockRange): number {
    for (let block = from; block < to; block++) {
      const rows = this.#rowsAt(batch, pass * this.#info.layerCount + block);
      if (part !== "mlp") {
        const missing = this.#blocks.attention(this.#states, rows, { block, pass });
        if (missing !== undefined) {
          this.fault = faultOf(missing.row.layer.present, missing.position);
          return block;
        }
      }
      if (part !== "attention") this.#blocks.mlp(this.#states, rows, block);
    }
    return to;
  }

  /** See {@linkcode StepEngine}. */
  fill(batch: RowBatch, fill: EntryFill, { from, to, pass }: BlockRange): void {
    for (let block = from; block < to; block++) {
      const rows = this.#rowsAt(batch, pass * this.#info.layerCount + block);
      if (fill === "project") this.#blocks.projectKv(this.#states, rows, block);
      else if (fill === "copy") this.#copy(batch, rows);
      else for (const { layer, position } of rows) layer.present[position] = ENTRY[fill];
    }
  }

  #copy({ slots, lastLayers }: RowBatch, rows: readonly BlockRow[]): void {
    const width = this.#info.kvHeads * this.#info.headDim;
    rows.forEach(({ layer, position }, i) => {
      const from = this.#caches[slots[i]!]!.layer(lastLayers[i]!);
      const start = position * width;
      layer.keys.set(from.keys.subarray(start, start + width), start);
      layer.values.set(from.values.subarray(start, start + width), start);
      layer.present[position] = ENTRY.present;
    });
  }

  /** See {@linkcode StepEngine}. */
  logits(head: number, batch: HeadBatch): void {
    this.#readouts.logits(head, batch);
  }

  /** See {@linkcode StepEngine}. */
  subsetLogits(head: number, state: number, range: IdRange & { readonly entry: number }): void {
    this.#readouts.subsetLogits(head, state, range);
  }

  /** See {@linkcode StepEngine}. */
  setAside(row: number, width: number): void {
    this.#readouts.setAside(row, width);
  }

  /** See {@linkcode StepEngine}. */
  compare(
    comparison: Comparison,
    rows: { readonly first: number; readonly second: number; readonly width: number },
    cell: number,
  ): void {
    this.results.cells[cell] = this.#readouts.compare(comparison, rows);
  }

  /** See {@linkcode StepEngine}. */
  select(row: number, range: IdRange, within: IdRange | undefined): void {
    this.#readouts.select(row, range, within);
  }

  /** See {@linkcode StepEngine}. */
  keepLogits(row: number, width: number, cell: number): void {
    this.#readouts.keepLogits(row, width, cell);
  }

  /** See {@linkcode StepEngine}. */
  keepIds(range: IdRange, cell: number): void {
    this.#readouts.keepIds(range, cell);
  }

  /** See {@linkcode StepEngine}. */
  keepToken(entry: number): number {
    return this.results.reduction(entry, PLACE.token);
  }

  /** See {@linkcode StepEngine}. */
  stateSignals(
    signal: StateSignal,
    { a, b, count }: {
      readonly a: Int32Array;
      readonly b: Int32Array;
      readonly count: number;
    },
    cell: number,
  ): void {
    for (let i = 0; i < count; i++) {
      this.results.cells[cell + i] = this.#readouts.stateSignal(signal, a[i]!, b[i]!);
    }
  }

  /** See {@linkcode StepEngine}. */
  probe(
    probe: number,
    group: { readonly states: Int32Array; readonly count: number },
    cell: number,
  ): void {
    this.results.cells.set(this.#readouts.probe(probe, group), cell);
  }

  /** See {@linkcode StepEngine}. */
  settle(): undefined {}

  /** See {@linkcode StepEngine}. */
  memory(): SessionMemory {
    return {
      weightBytes: this.#weights.byteLength,
      partBytes: this.#partBytes,
      kvBytes: this.#caches.reduce((sum, cache) => sum + (cache?.byteLength() ?? 0), 0),
      scratchBytes: this.#blocks.byteLength + this.#readouts.byteLength +
        this.#states.byteLength,
    };
  }

  /** See {@linkcode StepEngine}. */
  close(): void {
    this.#caches.length = 0;
  }
}

function partBytes({ parts }: OpenOptions): number {
  if (parts === undefined) return 0;
  let bytes = 0;
  const count = (value: unknown): void => {
    if (value instanceof Float32Array) bytes += value.byteLength;
    else if (Array.isArray(value)) value.forEach(count);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(count);
  };
  count([...parts.probes, ...parts.heads]);
  return bytes;
}
