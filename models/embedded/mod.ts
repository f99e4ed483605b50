/**
 * The models that come with the package, by name.
 *
 * @module
 */
import type { ByteSource } from "../../harness/contract/model.ts";
import { tinySource } from "./tiny.ts";
import { tinyExitSource } from "./tiny_exit.ts";

export { tinyExitSource, tinySource };

/** A model that needs no download. */
export interface EmbeddedModel {
  /** Unique name, as in `--model tiny`. */
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Opens its GGUF file. */
  source(): Promise<ByteSource>;
}

/** All embedded models; the first is the default of every command. */
export const embeddedModels: readonly EmbeddedModel[] = [
  {
    name: "tiny_exit",
    summary: "12 blocks × 128, 2.6 M weights, trained to be read at every height (LayerSkip)",
    source: tinyExitSource,
  },
  {
    name: "tiny",
    summary: "its twin, trained on the same suites, prose and code to be read at the top alone",
    source: tinySource,
  },
];
