/**
 * A policy that tires: its state lives for a sequence or for a stream of them.
 *
 * @module
 */
import type { BlockPolicy } from "../../harness/contract/mod.ts";
import { fullDepth } from "../../policies/mod.ts";

/** Exits one block lower after every eight tokens of its life, down to 1. */
export function tiring(life: "sequence" | "stream"): BlockPolicy<object, number> {
  return {
    name: `tiring_${life}`,
    family: "depth",
    scope: "block",
    card: { ...fullDepth.card, lossless: false },
    options: {},
    defaultFill: () => "project",
    state: {
      life,
      initial: () => 0,
      reduce: (seen, event) => event.kind === "token" ? seen + 1 : seen,
    },
    heights: ({ layerCount }) => Array.from({ length: layerCount }, (_, height) => height),
    signals: () => [],
    decide: ({ height, state, model }) =>
      height >= Math.max(1, model.layerCount - Math.floor(state / 8)) ? "exit" : "run",
  };
}
