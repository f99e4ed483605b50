/**
 * The webgpu backend: WGSL shaders on the device that the runtime gives.
 *
 * @module
 */
import type { BackendPlugin } from "../../harness/contract/backend.ts";

/** The WebGPU backend as a plugin. */
export const webgpuBackend: BackendPlugin = {
  name: "webgpu",
  summary: "WebGPU shaders: weights as stored, f32 activations, one wait per read",
  open: async (model, options) => {
    const { openWebgpuSession } = await import("./session.ts");
    return openWebgpuSession(model, options);
  },
};
