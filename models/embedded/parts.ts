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

const SETS = [
  { name: "calm", summary: "CALM's early-exit classifier" },
  { name: "valade", summary: "Valade's exit heads, with calibrated thresholds" },
  { name: "d_llm", summary: "D-LLM's decision modules in front of the blocks" },
  { name: "glavas", summary: "Glavas' controllers, with hidden and with constant input" },
  { name: "two_d", summary: "Classification heads for two-dimensional exit" },
] as const;

/** Embedded models that parts were trained on. */
const MODELS = ["tiny"] as const;

/** All embedded parts, model by model. */
export const embeddedParts: readonly EmbeddedParts[] = MODELS.flatMap((model) =>
  SETS.map(({ name, summary }) => ({
    name,
    model,
    summary,
    source: () =>
      packagedSource(
        `${name}.safetensors`,
        new URL(`./parts/${model}/${name}.safetensors`, import.meta.url),
      ),
  }))
);
