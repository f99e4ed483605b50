/**
 * What every backend does alike: rows, marks, slots, signals, tokens and steps
 * over an engine. A backend writes a {@linkcode StepEngine}: kernels and memory.
 *
 * @module
 */
export * from "./engine.ts";
export * from "./model_shapes.ts";
export * from "./presence.ts";
export * from "./results.ts";
export * from "./rope_rows.ts";
export * from "./session.ts";
