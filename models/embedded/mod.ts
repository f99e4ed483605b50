/**
 * The models that come with the package, by name.
 *
 * @module
 */
import type { ByteSource } from "../../harness/contract/model.ts";
import { tinySource } from "./tiny.ts";

export { tinySource };

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
    name: "tiny",
    summary: "12 blocks × 128, 2.6 M weights, trained on the generated suites and prose",
    source: tinySource,
  },
];
