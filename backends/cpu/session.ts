/**
 * A model opened on the cpu backend.
 *
 * @module
 */
import type { DecoderSession, OpenOptions } from "../../harness/contract/backend.ts";
import type { Checkpoint } from "../../harness/contract/model.ts";
import { SteppedSession } from "../../harness/stepping/mod.ts";
import { CpuEngine } from "./engine.ts";
import { readWeights } from "./weights.ts";

/** Version of the kernels; raised when any of them changes its results. */
const KERNELS = "cpu-1";

/** Reads the weights and opens a session. */
export async function openCpuSession(
  checkpoint: Checkpoint,
  options: OpenOptions,
): Promise<DecoderSession> {
  const engine = new CpuEngine(checkpoint, options, await readWeights(checkpoint));
  const backend = {
    name: "cpu",
    kernels: KERNELS,
    features: ["f32 weights", "f64 sums", "1 thread"],
  };
  return new SteppedSession({ engine, backend, info: checkpoint.info }, options);
}
