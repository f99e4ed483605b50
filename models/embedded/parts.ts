/**
 * Trained parts that come with the package, one set a file, each for one embedded
 * model. Made by `models/training/parts/`; layout: `docs/trained_parts.md`.
 *
 * @module
 */
import type { ByteSource } from "../../harness/contract/model.ts";
import { packagedSource } from "./_packaged.ts";

/** A set of parts that needs no download. */
export interface EmbeddedParts {
  /** Name of the set, as in `--parts embedded:calm`. */
  readonly name: string;
  /** Name of the embedded model that it was trained on. */
  readonly model: string;
  /** One line for people. */
  readonly summary: string;
  /** Opens its safetensors file. */
  source(): Promise<ByteSource>;
}

const SUMMARIES = {
  calm: "CALM's early-exit classifier",
  valade: "Valade's exit heads, with calibrated thresholds",
  d_llm: "D-LLM's decision modules in front of the blocks",
  glavas: "Glavas' controllers, with hidden and with constant input",
  two_d: "Classification heads for two-dimensional exit",
} as const;

/** Sets that were trained, by embedded model. */
const TRAINED: readonly (readonly [string, readonly (keyof typeof SUMMARIES)[]])[] = [
  ["tiny_exit", ["calm", "valade", "d_llm", "glavas", "two_d"]],
  ["tiny", ["calm", "valade", "d_llm", "glavas", "two_d"]],
];

/** All embedded parts, model by model. */
export const embeddedParts: readonly EmbeddedParts[] = TRAINED.flatMap((
  [model, sets],
) =>
  sets.map((name) => ({
    name,
    model,
    summary: SUMMARIES[name],
    source: () =>
      packagedSource(
        `${name}.safetensors`,
        new URL(`./parts/${model}/${name}.safetensors`, import.meta.url),
      ),
  }))
);
