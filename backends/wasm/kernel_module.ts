/**
 * Chooses and instantiates the module of kernels: relaxed SIMD where the engine
 * has it, shared memory where threads are wanted and possible.
 *
 * @module
 */
import { UnsupportedError } from "../../harness/contract/errors.ts";
import { WorkerPool } from "./worker_pool.ts";

/** An opened model inside a module; see wasm/src/lib.rs. */
export type Engine = import("../../wasm/lib/relaxed.js").Engine;

/** A module with its memory. One of each kind serves all sessions. */
export interface KernelModule {
  /** Which it is. */
  readonly name: ModuleName;
  /** Its linear memory. */
  readonly memory: WebAssembly.Memory;
  /** Its threads, where its memory is shared. */
  readonly workers: WorkerPool | undefined;
  /** Makes an engine. */
  engine(shapes: Uint32Array, epsilon: number): Engine;
}

/** Names of the modules in wasm/lib. */
export type ModuleName = "relaxed" | "plain" | "relaxed_threads" | "plain_threads";

/** A module whose one function is an int8 dot product of relaxed SIMD. */
// deno-fmt-ignore
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, // magic, version
  1, 5, 1, 96, 0, 1, 123, // type: () → v128
  3, 2, 1, 0, // function 0 has type 0
  10, 15, 1, 13, 0, 65, 0, 253, 15, 65, 0, 253, 15, 253, 146, 2, 11, // splats, relaxed dot, end
]);

/** A module whose one function is a splat. */
// deno-fmt-ignore
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0,
  1, 5, 1, 96, 0, 1, 123,
  3, 2, 1, 0,
  10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
]);

/** Whether memory can be shared with workers: not in pages that are not cross-origin isolated. */
export function canShareMemory(): boolean {
  return typeof SharedArrayBuffer === "function" && typeof Worker === "function";
}

/**
 * The best module that this engine can run.
 *
 * Errors: `UnsupportedError` when it has no SIMD at all.
 */
export function bestModule({ threads }: { readonly threads: boolean }): ModuleName {
  const shared = threads && canShareMemory();
  if (WebAssembly.validate(RELAXED_PROBE)) return shared ? "relaxed_threads" : "relaxed";
  if (WebAssembly.validate(SIMD_PROBE)) return shared ? "plain_threads" : "plain";
  throw new UnsupportedError(
    'Cannot open backend "wasm": this engine has no WebAssembly SIMD: pass --backend cpu',
  );
}

const loaded = new Map<ModuleName, Promise<KernelModule>>();

/** The module of that name, instantiated on first use. */
export function loadModule(name: ModuleName): Promise<KernelModule> {
  let module = loaded.get(name);
  if (module === undefined) {
    module = instantiate(name);
    loaded.set(name, module);
    module.catch(() => loaded.delete(name));
  }
  return module;
}

function libraryOf(name: ModuleName) {
  switch (name) {
    case "relaxed":
      return import("../../wasm/lib/relaxed.js");
    case "plain":
      return import("../../wasm/lib/plain.js");
    case "relaxed_threads":
      return import("../../wasm/lib/relaxed_threads.js");
    case "plain_threads":
      return import("../../wasm/lib/plain_threads.js");
  }
}

async function instantiate(name: ModuleName): Promise<KernelModule> {
  const library = await libraryOf(name);
  const url = new URL(`../../wasm/lib/${name}_bg.wasm`, import.meta.url);
  const module = await WebAssembly.compile(await (await fetch(url)).arrayBuffer());
  const { memory } = await library.default({ module_or_path: module });
  const workers = name.endsWith("_threads")
    ? new WorkerPool({ library, name, module, memory })
    : undefined;
  return {
    name,
    memory,
    workers,
    engine: (shapes, epsilon) => new library.Engine(shapes, epsilon),
  };
}
