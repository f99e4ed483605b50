/**
 * All that a plugin may import.
 *
 * @module
 */
export * from "./errors.ts";
export * from "./model.ts";
export * from "./suite.ts";
