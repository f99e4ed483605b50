/**
 * The cpu backend: plain TypeScript, the oracle that other backends match.
 *
 * @module
 */
import type { BackendPlugin } from "../../harness/contract/backend.ts";

/** The reference backend as a plugin. */
export const cpuBackend: BackendPlugin = {
  name: "cpu",
  summary: "Reference in TypeScript: f32 weights, f64 sums, one thread",
  open: async (model, options) => {
    const { openCpuSession } = await import("./session.ts");
    return openCpuSession(model, options);
  },
};
