/**
 * Conformance of backends: what every `DecoderSession` must do, on any model.
 *
 * The checks compare a backend with itself by relations that need no second
 * implementation, and with the reference where one is given. Run them on shapes
 * at the edges: one block, one head, as many key/value heads as heads, a
 * vocabulary of two.
 *
 * @module
 */
import { FILL_CHECKS } from "./backend_fills.ts";
import { PENDING_CHECKS } from "./backend_pending.ts";
import { RUN_CHECKS } from "./backend_runs.ts";
import { SIGNAL_CHECKS } from "./backend_signals.ts";
import { SKIP_CHECKS } from "./backend_skips.ts";
import { SLOT_CHECKS } from "./backend_slots.ts";
import { SUBSET_CHECKS } from "./backend_subsets.ts";
import { TOKEN_CHECKS } from "./backend_tokens.ts";
import type { Finding } from "./finding.ts";
import type { BackendCheck, BackendSetup } from "./trial.ts";
import { thrownText } from "./watch.ts";

export type { BackendCheck, BackendSetup, BackendTolerance } from "./trial.ts";
export type { Finding } from "./finding.ts";

/** All checks of a backend, each by name and runnable alone. */
export const BACKEND_CHECKS: readonly BackendCheck[] = [
  ...RUN_CHECKS,
  ...SLOT_CHECKS,
  ...PENDING_CHECKS,
  ...FILL_CHECKS,
  ...SKIP_CHECKS,
  ...SIGNAL_CHECKS,
  ...SUBSET_CHECKS,
  ...TOKEN_CHECKS,
];

/** Runs all checks, one after the other, and reports each. */
export async function conformBackend(setup: BackendSetup): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name, run } of BACKEND_CHECKS) {
    try {
      await run(setup);
      findings.push({ check: name, ok: true, message: name });
    } catch (error) {
      findings.push({ check: name, ok: false, message: thrownText(error) });
    }
  }
  return findings;
}
