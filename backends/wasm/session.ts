/**
 * A model opened on the wasm backend.
 *
 * @module
 */
import type { BackendInfo, DecoderSession, OpenOptions } from "../../harness/contract/backend.ts";
import type { Checkpoint } from "../../harness/contract/model.ts";
import { SteppedSession } from "../../harness/stepping/mod.ts";
import { SOURCE_HASH } from "../../wasm/lib/build_info.ts";
import { checkModel } from "./check_model.ts";
import { candidateThreads, chooseThreads } from "./choose_threads.ts";
import { WasmEngine } from "./engine.ts";
import {
  bestModule,
  type Engine,
  type KernelModule,
  loadModule,
  type ModuleName,
} from "./kernel_module.ts";
import { loadParts } from "./load_parts.ts";
import { loadRope, type LoadTarget, loadWeights, type StorageCounts } from "./load_weights.ts";
import { MemoryView } from "./memory_view.ts";

/** Most threads that can be asked for. */
const MOST_THREADS = 64;
/** Bytes of weights from which threads are tried unasked. */
const THREADED_BYTES = 1 << 24;

function newEngine(module: KernelModule, checkpoint: Checkpoint, options: OpenOptions): Engine {
  const { info, architecture } = checkpoint;
  const { rope, norm, normEpsilon, activation } = architecture;
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
      (rope?.dimensions ?? 0) / 2,
      rope?.pairing === "adjacent" ? 1 : 0,
      norm === "layer" ? 1 : 0,
      activation === "gelu" ? 1 : 0,
    ),
    normEpsilon,
  );
}

/** What is said of the session in records. */
interface Description {
  readonly exact: boolean;
  readonly counts: StorageCounts;
  readonly threads: number;
  /** Why there are as many threads. */
  readonly reason: string;
}

function describe(
  { name }: KernelModule,
  { exact, counts, threads, reason }: Description,
): BackendInfo {
  const stored = [...counts].map(([text, count]) => `${text} × ${count}`).join(", ");
  return {
    name: "wasm",
    kernels: `wasm-${SOURCE_HASH.slice(0, 12)}`,
    features: [
      name.startsWith("relaxed") ? "relaxed SIMD" : "plain SIMD: relaxed SIMD is missing",
      exact ? "f32 activations" : "int8 activations",
      `${threads} ${threads === 1 ? "thread" : "threads"}${reason}`,
      `weights ${stored}`,
    ],
  };
}

/** Threads of a session: as asked, or the faster of one and all. */
function settleThreads(
  module: KernelModule,
  target: LoadTarget,
  { asked, wanted, layerCount }: {
    readonly asked: number | undefined;
    readonly wanted: number;
    readonly layerCount: number;
  },
): { threads: number; reason: string } {
  if (module.workers === undefined) {
    return { threads: 1, reason: wanted === 1 ? "" : ": memory cannot be shared here" };
  }
  if (asked !== undefined) return { threads: asked, reason: "" };
  const threads = chooseThreads(target, { layerCount, threads: wanted });
  return { threads, reason: threads === 1 ? `: ${wanted} measured no faster` : " measured" };
}

/** Loads the kernels and the weights and opens a session; tests name a lesser module. */
export async function openWasmSession(
  checkpoint: Checkpoint,
  options: OpenOptions,
  name?: ModuleName,
): Promise<DecoderSession> {
  checkModel(checkpoint);
  const { info, architecture } = checkpoint;
  const context = Math.min(options.context, info.context);
  const exact = options.exact === true;
  const asked = options.threads;
  if (asked !== undefined && !(Number.isInteger(asked) && asked >= 1 && asked <= MOST_THREADS)) {
    throw new RangeError(
      `Cannot open backend "wasm": threads must be >= 1 and <= ${MOST_THREADS}: current value is ${asked}`,
    );
  }
  const large = checkpoint.weightBytes >= THREADED_BYTES;
  const wanted = asked ?? (large ? candidateThreads() : 1);
  const module = await loadModule(name ?? bestModule({ threads: wanted > 1 }));
  const started = module.workers?.enter(wanted);
  const engine = newEngine(module, checkpoint, options);
  const end = () => {
    engine.free();
    module.workers?.leave();
  };
  try {
    const target: LoadTarget = { engine, view: new MemoryView(module.memory) };
    loadRope(target, architecture.rope, context);
    const counts = await loadWeights(target, checkpoint, exact);
    if (options.parts !== undefined) await loadParts(target, info, options.parts);
    engine.unstage();
    await started;
    const { threads, reason } = settleThreads(module, target, {
      asked,
      wanted,
      layerCount: info.layerCount,
    });
    engine.set_threads(threads);
    const backend = describe(module, { exact, counts, threads, reason });
    const probes = options.parts?.probes ?? [];
    const books = new WasmEngine({ ...target, info, probes, end });
    return new SteppedSession({ engine: books, backend, info }, options);
  } catch (error) {
    await started?.catch(() => {});
    end();
    throw error;
  }
}
