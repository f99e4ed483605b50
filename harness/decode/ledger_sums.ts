/**
 * Arithmetic on ledgers.
 *
 * @module
 */
import type { Ledger } from "../contract/record.ts";

type Counts = Omit<Ledger, "fills">;

/** Every count of `a` plus `sign` times that of `b`. */
function combined(a: Ledger, b: Ledger, sign: 1 | -1): Ledger {
  const fills = { ...a.fills };
  for (const kind of Object.keys(fills) as (keyof Ledger["fills"])[]) {
    fills[kind] += sign * b.fills[kind];
  }
  const counts = { ...a, fills } as { -readonly [K in keyof Counts]: number } & {
    fills: Ledger["fills"];
  };
  const { fills: _, ...numbers } = a;
  for (const key of Object.keys(numbers) as (keyof Counts)[]) {
    counts[key] = a[key] + sign * b[key];
  }
  return counts;
}

/** The sum of two ledgers. */
export function addLedgers(a: Ledger, b: Ledger): Ledger {
  return combined(a, b, 1);
}

/** What came to `before` until `after`. */
export function ledgerSince(after: Ledger, before: Ledger): Ledger {
  return combined(after, before, -1);
}
