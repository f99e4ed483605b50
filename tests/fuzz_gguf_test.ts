/**
 * Seeded fuzzing of the GGUF reader: a spoiled file opens or is refused by one
 * of two errors, whatever was spoiled; it never crashes, hangs or runs away.
 *
 * @module
 */
import { assert } from "@std/assert";
import { ModelFormatError, UnsupportedError } from "../harness/contract/errors.ts";
import { createRandom, type Random } from "../harness/numerics/random.ts";
import { memorySource } from "../models/byte_source.ts";
import { openGguf } from "../models/open.ts";
import { writeGguf } from "./gguf_writer.ts";
import { tinyGguf } from "./tiny_gguf.ts";

const ROUNDS = 2000;
/** Values that break careless arithmetic. */
const NASTY: readonly bigint[] = [
  0n,
  1n,
  255n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** A copy with one to three faults: bits flipped, numbers replaced, bytes cut or moved. */
function spoil(valid: Uint8Array, headerBytes: number, random: Random): Uint8Array {
  let bytes = valid.slice();
  for (let faults = 1 + random.int(3); faults > 0; faults--) {
    const at = random.int(Math.min(headerBytes, bytes.length - 8));
    switch (random.int(5)) {
      case 0:
        bytes[at] = bytes[at]! ^ (1 << random.int(8));
        break;
      case 1:
        new DataView(bytes.buffer).setBigUint64(at, NASTY[random.int(NASTY.length)]!, true);
        break;
      case 2:
        new DataView(bytes.buffer).setUint32(at, random.int(64), true);
        break;
      case 3:
        bytes = bytes.slice(0, Math.max(64, bytes.length - random.int(bytes.length)));
        break;
      case 4:
        bytes.copyWithin(at, random.int(headerBytes), random.int(headerBytes));
        break;
    }
  }
  return bytes;
}

Deno.test(`openGguf() opens or refuses ${ROUNDS} spoiled files and does nothing else`, async () => {
  const valid = writeGguf(tinyGguf());
  const headerBytes = valid.length - (264 * 32 + 32 + 2 * 9280) * 4; // about: data are f32
  const random = createRandom(20_240_601);
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = spoil(valid, headerBytes, random);
    const started = performance.now();
    try {
      await openGguf(memorySource("fuzz.gguf", bytes));
    } catch (error) {
      refused++;
      if (!(error instanceof ModelFormatError || error instanceof UnsupportedError)) {
        throw new Error(`round ${round} ends in another error`, { cause: error });
      }
      assert(!/[\p{Cc}]/u.test(error.message), `round ${round}: ${JSON.stringify(error.message)}`);
    }
    assert(performance.now() - started < 1000, `round ${round} takes too long`);
  }
  assert(refused > ROUNDS / 2 && refused < ROUNDS, `${refused} refused`);
});
