/**
 * The wasm backend: Rust kernels on SIMD, everything in linear memory.
 *
 * @module
 */
import type { BackendPlugin } from "../../harness/contract/backend.ts";

/** The WebAssembly backend as a plugin. */
export const wasmBackend: BackendPlugin = {
  name: "wasm",
  summary: "WebAssembly SIMD: weights as stored, int8 dot products, threads",
  open: async (model, options) => {
    const { openWasmSession } = await import("./session.ts");
    return openWasmSession(model, options);
  },
};
