/**
 * The embedded model `tiny_exit`: the twin of `tiny` that was trained to be read
 * at every height (layer dropout and early-exit losses, LayerSkip's recipe);
 * 12 blocks × 128, Llama-shaped, Q8_0. `models/README.md` has both models' scores.
 *
 * Source: Elhoushi et al. 2024, arXiv:2404.16710, for the recipe.
 *
 * @module
 */
import type { ByteSource } from "../../harness/contract/model.ts";
import { packagedSource } from "./_packaged.ts";

/**
 * The GGUF file of `tiny_exit`, read whole (about 3 MB).
 *
 * @example
 * ```ts ignore
 * const source = await tinyExitSource();
 * const magic = await source.read(0, 4); // "GGUF"
 * ```
 */
export function tinyExitSource(): Promise<ByteSource> {
  return packagedSource("tiny_exit.gguf", new URL("./tiny_exit.gguf", import.meta.url));
}
