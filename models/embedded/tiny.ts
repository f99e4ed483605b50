/**
 * The embedded model `tiny`: 12 blocks × 128, Llama-shaped, Q8_0, trained by
 * the recipe in `models/training/`. It copies, recalls and adds; the README
 * there says how well, and how it loses with fewer blocks.
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
