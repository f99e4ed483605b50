/**
 * A `ByteSource` over a file: ranges are read when they are asked for, so a
 * large model costs no memory until a backend takes its tensors.
 *
 * @module
 */
import { InputError } from "../harness/contract/errors.ts";
import type { ByteSource } from "../harness/contract/model.ts";
import { causeText } from "./atomic_write.ts";

/** Opens the file at `path`. Rejects with `InputError` when there is no such file. */
export async function fileSource(
  path: string,
  kind: "model" | "suite" = "model",
): Promise<ByteSource> {
  const name = path.split(/[\\/]/).at(-1) ?? path;
  let size: number;
  try {
    const info = await Deno.stat(path);
    if (!info.isFile) throw new Error("it is no file");
    size = info.size;
  } catch (cause) {
    throw new InputError(
      `Cannot open ${kind} "${path}": expected a file: ${
        cause instanceof Deno.errors.NotFound ? "there is none of that name" : causeText(cause)
      }: check the path`,
      { cause },
    );
  }
  return {
    name,
    size,
    async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
      if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
        throw new RangeError(
          `Cannot read "${name}": expected a range inside ${size} bytes: current value is ` +
            `${length} bytes at ${offset}`,
        );
      }
      const bytes = new Uint8Array(length);
      using file = await Deno.open(path);
      await file.seek(offset, Deno.SeekMode.Start);
      for (let at = 0; at < length;) {
        const count = await file.read(bytes.subarray(at));
        if (count === null) {
          throw new InputError(
            `Cannot read "${name}": expected ${size} bytes: it ends at ${offset + at}: ` +
              "do not change a file while it is read",
          );
        }
        at += count;
      }
      return bytes;
    },
  };
}
