/**
 * A session that counts the calls made to it and passes them on. It is used in
 * quality passes and dry runs; timed steps run on the bare session.
 *
 * @module
 */
import type { DecoderSession, DecoderStep, Row, SessionMemory } from "../contract/backend.ts";
import type { ModelInfo } from "../contract/model.ts";
import type { TrainedParts } from "../contract/parts.ts";
import { LedgerCounter } from "./ledger.ts";
import { countUpTo, MeteredStep, type Present } from "./metered_step.ts";

/** Counts and forwards. */
export class MeteredSession implements DecoderSession {
  /** Shapes of the model. */
  readonly model: ModelInfo;
  /** The backend behind. */
  readonly backend: DecoderSession["backend"];
  /** The prices so far. */
  readonly ledger: LedgerCounter;
  readonly #inner: DecoderSession;
  readonly #parts: TrainedParts | undefined;
  readonly #present: Map<number, Map<number, Present>> = new Map();

  /** Meters `inner`; `parts` are those that it was opened with. */
  constructor(inner: DecoderSession, parts?: TrainedParts) {
    this.#inner = inner;
    this.#parts = parts;
    this.model = inner.model;
    this.backend = inner.backend;
    this.ledger = new LedgerCounter(inner.model);
  }

  /** See {@linkcode DecoderSession}. */
  memory(): SessionMemory {
    return this.#inner.memory();
  }

  /** See {@linkcode DecoderSession}. */
  newSlot(): number {
    const slot = this.#inner.newSlot();
    this.#present.set(slot, new Map());
    return slot;
  }

  /** Takes it that a slot holds the entries of all blocks at positions below `length`. */
  assumeFull(slot: number, length: number): void {
    const layers = Array.from(
      { length: this.model.layerCount },
      (_, index) => [index, Array.from({ length }, (_, position) => position)] as const,
    );
    this.#present.set(slot, new Map(layers));
  }

  /** See {@linkcode DecoderSession}. */
  length(slot: number): number {
    return this.#inner.length(slot);
  }

  /** See {@linkcode DecoderSession}. */
  begin(rows: readonly Row[]): DecoderStep {
    const step = new MeteredStep(this.#inner.begin(rows), {
      ledger: this.ledger,
      info: this.model,
      parts: this.#parts,
      layer: (slot, index) => this.#layer(slot, index),
      truncate: (slot, length) => this.#truncate(slot, length),
    });
    step.entered(rows);
    return step;
  }

  #layer(slot: number, index: number): Present {
    let layers = this.#present.get(slot);
    if (layers === undefined) this.#present.set(slot, layers = new Map());
    let layer = layers.get(index);
    if (layer === undefined) layers.set(index, layer = []);
    return layer;
  }

  #truncate(slot: number, length: number): void {
    for (const layer of this.#present.get(slot)?.values() ?? []) {
      layer.length = countUpTo(layer, length - 1);
    }
  }

  /** See {@linkcode DecoderSession}. */
  fork(slot: number): number {
    const copy = this.#inner.fork(slot);
    const layers = this.#present.get(slot) ?? new Map<number, Present>();
    this.#present.set(copy, new Map([...layers].map(([i, layer]) => [i, [...layer]])));
    return copy;
  }

  /** See {@linkcode DecoderSession}. */
  truncate(slot: number, length: number): void {
    this.#inner.truncate(slot, length);
    this.#truncate(slot, length);
  }

  /** See {@linkcode DecoderSession}. */
  release(slot: number): void {
    this.#inner.release(slot);
    this.#present.delete(slot);
  }

  /** See {@linkcode DecoderSession}. */
  close(): void {
    this.#inner.close();
  }
}
