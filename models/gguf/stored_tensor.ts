/**
 * A tensor of a GGUF file as the contract's `StoredTensor`.
 *
 * @module
 */
import { ModelFormatError, UnsupportedError } from "../../harness/contract/errors.ts";
import type { ByteSource, StoredTensor } from "../../harness/contract/model.ts";
import { findNonFinite } from "../../harness/numerics/quantization/mod.ts";
import type { GgufTensor } from "./tensor_info.ts";
import { visible } from "./visible.ts";

/**
 * Wraps `tensor`; sizes come in the contract's order, `[rows, columns]`.
 *
 * Reading checks that every number, and every scale of a block, is finite, and
 * throws `ModelFormatError` otherwise.
 *
 * Errors: `UnsupportedError` if the type has no decoder.
 */
export function storedTensor(source: ByteSource, tensor: GgufTensor): StoredTensor {
  const { ggml, byteLength, dataOffset } = tensor;
  const name = visible(tensor.name);
  const type = ggml.type;
  if (type === undefined) {
    throw new UnsupportedError(
      `Cannot read tensor "${name}" of "${source.name}": expected type F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K or Q6_K: type ${ggml.name} is not supported yet`,
    );
  }
  return {
    name,
    type,
    shape: [...tensor.dimensions].reverse(),
    byteLength,
    async read() {
      const bytes = await source.read(dataOffset, byteLength);
      const broken = findNonFinite(type, bytes);
      if (broken !== undefined) {
        throw new ModelFormatError("expected finite numbers: current value is NaN or infinite", {
          offset: dataOffset + broken,
          field: name,
        });
      }
      return bytes;
    },
  };
}
