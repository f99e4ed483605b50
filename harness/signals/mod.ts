/**
 * Reference reductions of every signal primitive.
 *
 * @module
 */
export * from "./block_influence.ts";
export * from "./logit_cosine.ts";
export * from "./network.ts";
export * from "./readout.ts";
export * from "./state.ts";
