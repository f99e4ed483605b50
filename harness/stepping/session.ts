/**
 * A model opened on an engine: slots, and the one step that is open at a time.
 *
 * @module
 */
import type {
  BackendInfo,
  DecoderSession,
  DecoderStep,
  OpenOptions,
  Row,
  SessionMemory,
} from "../contract/backend.ts";
import type { ModelInfo } from "../contract/model.ts";
import type { StepEngine } from "./engine.ts";
import { Slots } from "./slots.ts";
import { StatePool } from "./state_pool.ts";
import { Step } from "./step.ts";

/** What a session is made of. */
export interface SteppedParts {
  /** Kernels and memory; the session closes it. */
  readonly engine: StepEngine;
  /** What the backend says of itself. */
  readonly backend: BackendInfo;
  /** Shapes and identity of the model. */
  readonly info: ModelInfo;
}

/** Keeps the books of an engine. */
export class SteppedSession implements DecoderSession {
  /** Shapes and identity. */
  readonly model: ModelInfo;
  /** What runs. */
  readonly backend: BackendInfo;
  readonly #engine: StepEngine;
  readonly #slots: Slots;
  readonly #step: Step;
  #closed = false;

  /** `options` are those that the engine was opened with. */
  constructor({ engine, backend, info }: SteppedParts, options: OpenOptions) {
    this.model = info;
    this.backend = backend;
    this.#engine = engine;
    const pool = new StatePool(engine);
    this.#slots = new Slots(options.slots, { engine, pool });
    this.#step = new Step({
      info,
      engine,
      pool,
      slots: this.#slots,
      parts: options.parts,
      context: Math.min(options.context, info.context),
    });
  }

  /** See {@linkcode DecoderSession}. */
  memory(): SessionMemory {
    return this.#engine.memory();
  }

  /** See {@linkcode DecoderSession}. */
  newSlot(): number {
    return this.#slots.open();
  }

  /** See {@linkcode DecoderSession}. */
  length(slot: number): number {
    return this.#slots.get(slot).length;
  }

  /** See {@linkcode DecoderSession}. */
  begin(rows: readonly Row[]): DecoderStep {
    this.#requireClosedStep("begin a step");
    this.#step.begin(rows);
    return this.#step;
  }

  #requireClosedStep(what: string): void {
    if (this.#step.isOpen) throw new RangeError(`Cannot ${what}: commit the open step first`);
  }

  /** See {@linkcode DecoderSession}. */
  fork(slot: number): number {
    this.#requireClosedStep("fork a slot");
    return this.#slots.fork(slot);
  }

  /** See {@linkcode DecoderSession}. */
  truncate(slot: number, length: number): void {
    this.#requireClosedStep("truncate a slot");
    this.#slots.truncate(slot, length);
  }

  /** See {@linkcode DecoderSession}. */
  release(slot: number): void {
    this.#requireClosedStep("release a slot");
    this.#slots.release(slot);
  }

  /** See {@linkcode DecoderSession}. */
  close(): void {
    if (!this.#closed) this.#engine.close();
    this.#closed = true;
  }
}
