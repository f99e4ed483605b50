/**
 * The origin line: what a report is about, before any number.
 *
 *     tiny · copy (smoke, 12 prompts) · 5 timed runs each · seed 7 · cpu 1a2b3c
 *
 * @module
 */
import type { Manifest } from "../harness/contract/record.ts";

/** A digest or version short enough for people: the first eight characters after the algorithm. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 8);
}

/** Parts of the origin line, in order; hostile text, not escaped. */
export function originParts(manifest: Manifest): readonly string[] {
  const { model, suites, backend } = manifest;
  const timed = manifest.passes.includes("timed");
  return [
    model.name,
    ...suites.map((suite) =>
      `${suite.name} (${suite.size}, ${suite.items} ${
        suite.measure === "generation" ? "prompts" : "texts"
      })`
    ),
    timed ? `${manifest.repetitions} timed runs each` : "not timed",
    `seed ${manifest.seed}`,
    `${backend.name} ${shortDigest(backend.kernels)}`,
    ...(backend.features.length > 0 ? [backend.features.join(", ")] : []),
  ];
}
