/**
 * Checks a model before it reaches the kernels, which trust its sizes.
 *
 * @module
 */
import { UnsupportedError } from "../../harness/contract/errors.ts";
import type { Checkpoint } from "../../harness/contract/model.ts";
import { checkShapes } from "../../harness/stepping/mod.ts";

/** Bytes that weights may take in 4 GiB of linear memory. */
const WEIGHT_BYTES = 3.5 * 2 ** 30;

/**
 * Checks shapes that every kernel relies on.
 *
 * Errors: `RangeError` where shapes contradict each other, `UnsupportedError`
 * where the model is larger than linear memory.
 */
export function checkModel(checkpoint: Checkpoint): void {
  checkShapes(checkpoint);
  const { weightBytes } = checkpoint;
  if (weightBytes > WEIGHT_BYTES) {
    throw new UnsupportedError(
      `Cannot open a model on backend "wasm": its weights must be <= ${WEIGHT_BYTES} bytes: current value is ${weightBytes}`,
    );
  }
}
