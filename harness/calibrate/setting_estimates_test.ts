import { assert, assertAlmostEquals, assertStrictEquals } from "@std/assert";
import type { Ledger } from "../contract/record.ts";
import { decodeCost, promptQuality } from "./setting_estimates.ts";

Deno.test("promptQuality() is one minus the mean loss, within its interval", () => {
  const losses = Array.from({ length: 40 }, (_, i) => (i % 4) / 10);
  const { value, low, high, clusters } = promptQuality(losses, 1);
  assertAlmostEquals(value, 0.85, 1e-12);
  assert(low < value && value < high && low > 0.7 && high <= 1);
  assertStrictEquals(clusters, 40);
});

Deno.test("decodeCost() compares tokens with tokens, whatever the lengths of the texts", () => {
  const run = (macs: number, rows: number, item: number) => ({
    decodeLedger: { macs, rows } as Ledger,
    suite: "copy",
    group: `${item}`,
  });
  const full = Array.from({ length: 20 }, (_, i) => run(100 * (i + 1), i + 1, i));
  const policy = full.map((_, i) => run(150, 3, i));
  assertAlmostEquals(decodeCost({ full, policy }, 1).value, 0.5, 1e-12);
});
