/**
 * A `ByteSource` over bytes in memory: embedded models, tests.
 *
 * @module
 */
import type { ByteSource } from "../harness/contract/model.ts";

/** Reads ranges of `bytes` under the name `name`. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length)) {
        return Promise.reject(
          new RangeError(
            `Cannot read "${name}": expected a range inside ${bytes.length} bytes: current value is ${length} bytes at ${offset}`,
          ),
        );
      }
      return Promise.resolve(bytes.slice(offset, offset + length));
    },
  };
}
