/**
 * All that a plugin may import.
 *
 * @module
 */
export * from "./backend.ts";
export * from "./errors.ts";
export * from "./gate.ts";
export * from "./model.ts";
export * from "./options.ts";
export * from "./parts.ts";
export * from "./policy.ts";
export * from "./record.ts";
export * from "./round.ts";
export * from "./round_record.ts";
export * from "./rule.ts";
export * from "./signal.ts";
export * from "./suite.ts";
export * from "./summary.ts";
export * from "./tensor_shapes.ts";
