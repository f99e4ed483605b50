/**
 * A model opened on the cpu backend.
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
} from "../../harness/contract/backend.ts";
import type { Checkpoint, ModelInfo } from "../../harness/contract/model.ts";
import { Blocks } from "./blocks.ts";
import { Readouts } from "./readouts.ts";
import { Slot } from "./slot.ts";
import { CpuStep } from "./step.ts";
import { readWeights, type Weights } from "./weights.ts";

/** Version of the kernels; raised when any of them changes its results. */
const KERNELS = "cpu-1";

/** Slots and the one step of a cpu session. */
export class CpuSession implements DecoderSession {
  /** Shapes and identity. */
  readonly model: ModelInfo;
  /** What runs. */
  readonly backend: BackendInfo = {
    name: "cpu",
    kernels: KERNELS,
    features: ["f32 weights", "f64 sums", "1 thread"],
  };
  readonly #weights: Weights;
  readonly #blocks: Blocks;
  readonly #readouts: Readouts;
  readonly #step: CpuStep;
  readonly #slots: (Slot | undefined)[];
  readonly #context: number;
  readonly #partBytes: number;

  /** Use {@linkcode openCpuSession}. */
  constructor(checkpoint: Checkpoint, options: OpenOptions, weights: Weights) {
    const { info, architecture } = checkpoint;
    this.model = info;
    this.#weights = weights;
    this.#context = Math.min(options.context, info.context);
    this.#slots = new Array(options.slots).fill(undefined);
    this.#blocks = new Blocks(info, { architecture, weights, context: this.#context });
    this.#readouts = new Readouts(info, {
      weights,
      epsilon: architecture.normEpsilon,
      heads: options.parts?.heads ?? [],
    });
    this.#partBytes = partBytes(options);
    this.#step = new CpuStep({
      info,
      weights,
      blocks: this.#blocks,
      readouts: this.#readouts,
      probes: options.parts?.probes ?? [],
      slot: (handle) => this.#slot(handle),
      context: this.#context,
      closed: () => {},
    });
  }

  #slot(handle: number): Slot {
    const slot = this.#slots[handle];
    if (slot === undefined) throw new RangeError(`Cannot use slot ${handle}: it is not open`);
    return slot;
  }

  /** See {@linkcode DecoderSession}. */
  memory(): SessionMemory {
    return {
      weightBytes: this.#weights.byteLength,
      partBytes: this.#partBytes,
      kvBytes: this.#slots.reduce((sum, slot) => sum + (slot?.byteLength() ?? 0), 0),
      scratchBytes: this.#blocks.byteLength + this.#readouts.byteLength + this.#step.byteLength,
    };
  }

  /** See {@linkcode DecoderSession}. */
  newSlot(): number {
    const handle = this.#slots.indexOf(undefined);
    if (handle < 0) {
      throw new RangeError(`Cannot open a slot: all ${this.#slots.length} are in use`);
    }
    this.#slots[handle] = new Slot(this.model, this.#context);
    return handle;
  }

  /** See {@linkcode DecoderSession}. */
  length(slot: number): number {
    return this.#slot(slot).length;
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
    const from = this.#slot(slot);
    const handle = this.newSlot();
    this.#slots[handle]!.copyFrom(from);
    return handle;
  }

  /** See {@linkcode DecoderSession}. */
  truncate(slot: number, length: number): void {
    this.#requireClosedStep("truncate a slot");
    this.#slot(slot).truncate(length);
  }

  /** See {@linkcode DecoderSession}. */
  release(slot: number): void {
    this.#requireClosedStep("release a slot");
    this.#slot(slot);
    this.#slots[slot] = undefined;
  }

  /** See {@linkcode DecoderSession}. */
  close(): void {
    this.#slots.fill(undefined);
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

/** Reads the weights and opens a session. */
export async function openCpuSession(
  checkpoint: Checkpoint,
  options: OpenOptions,
): Promise<CpuSession> {
  return new CpuSession(checkpoint, options, await readWeights(checkpoint));
}
