/**
 * The cpu backend: plain TypeScript, the oracle that other backends match.
 *
 * @module
 */
import type { BackendPlugin } from "../../harness/contract/backend.ts";
import { UnsupportedError } from "../../harness/contract/errors.ts";

/** The reference backend as a plugin. */
export const cpuBackend: BackendPlugin = {
  name: "cpu",
  summary: "Reference in TypeScript: f32 weights, f64 sums, one thread",
  open: async (model, options) => {
    const { threads = 1 } = options;
    if (threads !== 1) {
      throw new UnsupportedError(
        `Cannot open backend "cpu" with ${threads} threads: expected 1: leave the number out or choose backend "wasm"`,
      );
    }
    const { openCpuSession } = await import("./session.ts");
    return openCpuSession(model, options);
  },
};
