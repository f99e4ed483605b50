/**
 * The embedded model `tiny`: 12 blocks × 128, Llama-shaped, Q8_0, trained on the
 * next token alone by the recipe in `models/training/`, the control of
 * `tiny_exit`. `models/README.md` has both models' scores.
 *
 * @module
 */
import type { ByteSource } from "../../harness/contract/model.ts";
import { packagedSource } from "./_packaged.ts";

/**
 * The GGUF file of `tiny`, read whole (about 3 MB).
 *
 * @example
 * ```ts ignore
 * const source = await tinySource();
 * const magic = await source.read(0, 4); // "GGUF"
 * ```
 */
export function tinySource(): Promise<ByteSource> {
  return packagedSource("tiny.gguf", new URL("./tiny.gguf", import.meta.url));
}
