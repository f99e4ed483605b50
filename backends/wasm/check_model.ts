/**
 * Checks every size of a model before it reaches the kernels, which trust them.
 *
 * @module
 */
import { UnsupportedError } from "../../harness/contract/errors.ts";
import type { Checkpoint, StoredTensor } from "../../harness/contract/model.ts";
import { tensorBytes } from "../../harness/numerics/quantization/mod.ts";

/** Largest count that the kernels take: products of two stay exact. */
const LARGEST = 1 << 24;
/** Bytes that weights may take in 4 GiB of linear memory. */
const WEIGHT_BYTES = 3.5 * 2 ** 30;

/** Checks that a tensor has the shape of its role, and bytes for it. */
export function checkTensor(tensor: StoredTensor, shape: readonly number[]): void {
  const same = tensor.shape.length === shape.length &&
    shape.every((size, i) => tensor.shape[i] === size);
  if (!same) {
    throw new RangeError(
      `Cannot open tensor "${tensor.name}": expected shape [${
        shape.join(", ")
      }]: current value is [${tensor.shape.join(", ")}]`,
    );
  }
  const bytes = tensorBytes(tensor.type, shape.reduce((a, b) => a * b, 1));
  if (tensor.byteLength !== bytes) {
    throw new RangeError(
      `Cannot open tensor "${tensor.name}": expected ${bytes} bytes: current value is ${tensor.byteLength}`,
    );
  }
}

/**
 * Checks shapes that every kernel relies on.
 *
 * Errors: `RangeError` where shapes contradict each other, `UnsupportedError`
 * where the model is larger than linear memory.
 */
export function checkModel({ info, architecture, weightBytes }: Checkpoint): void {
  const { layerCount, dModel, ffnSize, heads, kvHeads, headDim, vocabSize, context } = info;
  const sizes = { layerCount, dModel, ffnSize, heads, kvHeads, headDim, vocabSize, context };
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1 || size > LARGEST) {
      throw new RangeError(
        `Cannot open a model: ${name} must be a whole number >= 1 and <= ${LARGEST}: current value is ${size}`,
      );
    }
  }
  if (heads % kvHeads !== 0 || heads * headDim > LARGEST) {
    throw new RangeError(
      `Cannot open a model: kvHeads must divide heads, of bounded width: current value is ${kvHeads} of ${heads} × ${headDim}`,
    );
  }
  const { dimensions, base, factors } = architecture.rope ?? { dimensions: 0, base: 1 };
  if (!(dimensions >= 0 && dimensions <= headDim && dimensions % 2 === 0 && base > 0)) {
    throw new RangeError(
      `Cannot open a model: rotary dimensions must be even and <= ${headDim}: current value is ${dimensions}`,
    );
  }
  if (factors !== undefined && factors.length !== dimensions / 2) {
    throw new RangeError(
      `Cannot open a model: expected ${
        dimensions / 2
      } rotary factors: current value is ${factors.length}`,
    );
  }
  if (info.gated !== architecture.blockRoles.includes("gate")) {
    throw new RangeError(
      `Cannot open a model: expected a gate in each block only where the MLP is gated: current value is ${info.gated}`,
    );
  }
  if (weightBytes > WEIGHT_BYTES) {
    throw new UnsupportedError(
      `Cannot open a model on backend "wasm": its weights must be <= ${WEIGHT_BYTES} bytes: current value is ${weightBytes}`,
    );
  }
}
