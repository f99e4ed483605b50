/**
 * The webgpu backend: WGSL shaders on the device that the runtime gives.
 *
 * @module
 */
import type { BackendPlugin } from "../../harness/contract/backend.ts";
import { UnsupportedError } from "../../harness/contract/errors.ts";

/** The WebGPU backend as a plugin. */
export const webgpuBackend: BackendPlugin = {
  name: "webgpu",
  summary: "WebGPU shaders: weights as stored, f32 activations, one wait per read",
  open: async (model, options) => {
    const { threads = 1 } = options;
    if (threads !== 1) {
      throw new UnsupportedError(
        `Cannot open backend "webgpu" with ${threads} threads: expected 1: leave the number out or choose backend "wasm"`,
      );
    }
    const { openWebgpuSession } = await import("./session.ts");
    return openWebgpuSession(model, options);
  },
};
