/**
 * A model opened on the webgpu backend.
 *
 * @module
 */
import type { BackendInfo, DecoderSession, OpenOptions } from "../../harness/contract/backend.ts";
import { UnsupportedError } from "../../harness/contract/errors.ts";
import type { Checkpoint } from "../../harness/contract/model.ts";
import type { TrainedParts } from "../../harness/contract/parts.ts";
import { sha256Hex } from "../../harness/numerics/sha256.ts";
import { checkShapes, SteppedSession } from "../../harness/stepping/mod.ts";
import { openDevice, type OpenedDevice } from "./adapter.ts";
import { Commands } from "./commands.ts";
import { DeviceMemory } from "./device_memory.ts";
import { WebgpuEngine } from "./engine.ts";
import { SHADERS } from "./kernels.ts";
import { loadMatrix, type Matrix, type MatrixTarget } from "./matrix.ts";
import { loadWeights } from "./weights.ts";

/** Invocations per workgroup. */
const LANES = 64;
/** The same on a CPU, where barriers are dear. */
const SOFTWARE_LANES = 16;

/** What tests choose beyond a session's options. */
export interface WebgpuSettings {
  /** Largest bytes of one piece of a matrix; the adapter's limit when absent. */
  readonly pieceBytes?: number;
  /** Invocations per workgroup, a power of two. */
  readonly lanes?: number;
}

/** An engine and what it says of itself. */
export interface OpenedEngine {
  /** The engine. */
  readonly engine: WebgpuEngine;
  /** What goes into records. */
  readonly backend: BackendInfo;
  /** Its device. */
  readonly device: GPUDevice;
}

async function unembeddingsOf(
  target: MatrixTarget,
  parts: TrainedParts | undefined,
  { vocabSize, dModel }: { readonly vocabSize: number; readonly dModel: number },
): Promise<(Matrix | undefined)[]> {
  const matrices: (Matrix | undefined)[] = [];
  for (const { name, unembedding } of parts?.heads ?? []) {
    if (unembedding === "shared") {
      matrices.push(undefined);
      continue;
    }
    if (unembedding.length !== vocabSize * dModel) {
      throw new RangeError(
        `Cannot load trained parts: head "${name}"'s unembedding must have ${
          vocabSize * dModel
        } values: current value is ${unembedding.length}`,
      );
    }
    const bytes = new Uint8Array(Float32Array.from(unembedding).buffer);
    matrices.push(
      await loadMatrix(target, {
        name,
        type: "f32",
        shape: [vocabSize, dModel],
        byteLength: bytes.length,
        read: () => Promise.resolve(bytes),
      }),
    );
  }
  return matrices;
}

/** Digest of all shaders. */
function kernelsDigest(): string {
  const text = Object.values(SHADERS).map(({ code }) => code).join("");
  return `webgpu-${sha256Hex(new TextEncoder().encode(text)).slice(0, 12)}`;
}

function describe({ device, adapter, isSoftware }: OpenedDevice, storage: string): BackendInfo {
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  return {
    name: "webgpu",
    kernels: kernelsDigest(),
    features: [
      `adapter ${adapter}${isSoftware ? " (software: do not compare)" : ""}`,
      "f32 activations",
      `bindings of ${maxStorageBufferBindingSize} bytes, buffers of ${maxBufferSize} bytes`,
      `weights ${storage}`,
    ],
  };
}

/** Loads the weights onto a device and makes the engine. */
export async function openWebgpuEngine(
  checkpoint: Checkpoint,
  options: OpenOptions,
  settings: WebgpuSettings = {},
): Promise<OpenedEngine> {
  checkShapes(checkpoint);
  const opened = await openDevice();
  const { device, isSoftware } = opened;
  device.pushErrorScope("out-of-memory");
  device.pushErrorScope("validation");
  const memory = new DeviceMemory(device);
  let engine: WebgpuEngine;
  let storage: string;
  try {
    const lanes = settings.lanes ?? (isSoftware ? SOFTWARE_LANES : LANES);
    const commands = new Commands(device, memory);
    const parts = { memory, commands, kernels: opened.kernels(lanes) };
    const target = {
      memory,
      pieceBytes: Math.min(settings.pieceBytes ?? Infinity, memory.largest),
      purpose: "weights",
      exact: options.exact === true,
    } as const;
    const weights = await loadWeights(target, checkpoint);
    storage = weights.storage;
    const unembeddings = await unembeddingsOf(
      { ...target, purpose: "parts" },
      options.parts,
      checkpoint.info,
    );
    engine = new WebgpuEngine({ ...parts, checkpoint, weights, unembeddings }, options);
  } catch (error) {
    memory.close();
    throw error;
  }
  const refused = await device.popErrorScope();
  const full = await device.popErrorScope();
  if (full !== null || refused !== null) {
    const bytes = Object.values(memory.bytes).reduce((sum, each) => sum + each, 0);
    memory.close();
    throw full === null
      ? new Error(`Cannot open backend "webgpu": the device refused work: ${refused!.message}`)
      : new UnsupportedError(
        `Cannot open a model on backend "webgpu": the device is out of memory: about ${bytes} bytes are needed: pass --backend wasm`,
      );
  }
  return { engine, backend: describe(opened, storage), device };
}

/** Opens a session. */
export async function openWebgpuSession(
  checkpoint: Checkpoint,
  options: OpenOptions,
  settings: WebgpuSettings = {},
): Promise<DecoderSession> {
  const { engine, backend } = await openWebgpuEngine(checkpoint, options, settings);
  return new SteppedSession({ engine, backend, info: checkpoint.info }, options);
}
