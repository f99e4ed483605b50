/**
 * A model opened on the wasm backend.
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
import { SOURCE_HASH } from "../../wasm/lib/build_info.ts";
import { checkModel } from "./check_model.ts";
import {
  bestModule,
  type Engine,
  type KernelModule,
  loadModule,
  type ModuleName,
} from "./kernel_module.ts";
import { loadParts } from "./load_parts.ts";
import { type LoadTarget, loadWeights, stageFloats, type StorageCounts } from "./load_weights.ts";
import { MemoryView } from "./memory_view.ts";
import { Readouts } from "./readouts.ts";
import { ropeRows } from "./rope_rows.ts";
import { Slots } from "./slots.ts";
import { StatePool } from "./state_pool.ts";
import { WasmStep } from "./step.ts";

/** What a session is made of. */
interface SessionParts {
  readonly engine: Engine;
  readonly view: MemoryView;
  readonly backend: BackendInfo;
  readonly context: number;
}

/** Slots and the one step of a wasm session. */
export class WasmSession implements DecoderSession {
  /** Shapes and identity. */
  readonly model: ModelInfo;
  /** What runs. */
  readonly backend: BackendInfo;
  readonly #engine: Engine;
  readonly #slots: Slots;
  readonly #step: WasmStep;

  /** Use {@linkcode openWasmSession}. */
  constructor(info: ModelInfo, options: OpenOptions, parts: SessionParts) {
    const { engine, view, backend, context } = parts;
    this.model = info;
    this.backend = backend;
    this.#engine = engine;
    const pool = new StatePool(engine);
    this.#slots = new Slots(options.slots, { engine, pool });
    const heads = (options.parts?.heads ?? []).map(({ name }) => name);
    this.#step = new WasmStep({
      info,
      engine,
      view,
      pool,
      slots: this.#slots,
      readouts: new Readouts({ engine, view, vocabSize: info.vocabSize, heads }),
      probes: options.parts?.probes ?? [],
      context,
    });
  }

  /** See {@linkcode DecoderSession}. */
  memory(): SessionMemory {
    return {
      weightBytes: this.#engine.bytes(0),
      partBytes: this.#engine.bytes(1),
      kvBytes: this.#engine.bytes(2),
      scratchBytes: this.#engine.bytes(3),
    };
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
    this.#engine.free();
  }
}

function newEngine(module: KernelModule, checkpoint: Checkpoint, options: OpenOptions): Engine {
  const { info, architecture } = checkpoint;
  const { rope, normEpsilon } = architecture;
  return module.engine(
    Uint32Array.of(
      info.layerCount,
      info.dModel,
      info.ffnSize,
      info.heads,
      info.kvHeads,
      info.headDim,
      info.vocabSize,
      Math.min(options.context, info.context),
      options.exact === true ? 1 : 0,
      rope.dimensions / 2,
      rope.pairing === "adjacent" ? 1 : 0,
    ),
    normEpsilon,
  );
}

function describe(module: KernelModule, counts: StorageCounts, exact: boolean): BackendInfo {
  const stored = [...counts].map(([text, count]) => `${text} × ${count}`).join(", ");
  return {
    name: "wasm",
    kernels: `wasm-${SOURCE_HASH.slice(0, 12)}`,
    features: [
      module.name === "relaxed" ? "relaxed SIMD" : "plain SIMD: relaxed SIMD is missing",
      exact ? "f32 activations" : "int8 activations",
      "1 thread",
      `weights ${stored}`,
    ],
  };
}

/** Loads the kernels and the weights and opens a session; tests name a lesser module. */
export async function openWasmSession(
  checkpoint: Checkpoint,
  options: OpenOptions,
  name: ModuleName = bestModule(),
): Promise<WasmSession> {
  checkModel(checkpoint);
  const { info, architecture } = checkpoint;
  const context = Math.min(options.context, info.context);
  const exact = options.exact === true;
  const module = await loadModule(name);
  const engine = newEngine(module, checkpoint, options);
  try {
    const target: LoadTarget = { engine, view: new MemoryView(module.memory) };
    stageFloats(target, ropeRows(architecture.rope, context));
    engine.set_rope();
    const counts = await loadWeights(target, checkpoint, exact);
    if (options.parts !== undefined) await loadParts(target, info, options.parts);
    engine.unstage();
    const backend = describe(module, counts, exact);
    return new WasmSession(info, options, { ...target, backend, context });
  } catch (error) {
    engine.free();
    throw error;
  }
}
