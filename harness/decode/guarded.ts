/**
 * Leaving a step behind cleanly when something throws.
 *
 * @module
 */
import type { DecoderStep } from "../contract/backend.ts";

/** Runs `body`; when it throws, forgets the step's rows so that the session stays usable. */
export async function guarded<T>(step: DecoderStep, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    step.commit([]);
    throw error;
  }
}
