/**
 * Small facts for the gate's tests.
 *
 * @module
 */
import type { ArmFacts, ItemFacts, RunFacts } from "../contract/gate.ts";

/** A timed item: ten tokens, eight blocks each. */
export function timedItem(item: string, changes: Partial<ItemFacts> = {}): ItemFacts {
  const counters = {
    blocks: 80,
    readouts: 10,
    weightElements: 1000,
    macs: 2000,
    kvWritten: 100,
    reads: 10,
  };
  return { suite: "copy", item, pass: "timed", tokens: 10, counters, ...changes };
}

/** A free item: right, with an output of its own. */
export function freeItem(item: string, changes: Partial<ItemFacts> = {}): ItemFacts {
  return {
    suite: "copy",
    item,
    pass: "free",
    tokens: 10,
    output: `out ${item}`,
    score: 1,
    ...changes,
  };
}

/** An arm with these items. */
export function armFacts(items: readonly ItemFacts[], changes: Partial<ArmFacts> = {}): ArmFacts {
  return {
    label: "calm(threshold=0.9)",
    policy: "calm",
    options: { threshold: 0.9 },
    fill: "project",
    digest: "sha256:calm",
    lossless: false,
    failed: 0,
    items,
    ...changes,
  };
}

/** A run with these arms. */
export function runFacts(arms: readonly ArmFacts[], changes: Partial<RunFacts> = {}): RunFacts {
  return {
    run: "sha256:run",
    harness: "0.1.0",
    model: "sha256:m",
    modelName: "tiny",
    tokenizer: "sha256:t",
    backend: "cpu 1",
    timedTokens: 16,
    suites: [{ name: "copy", digest: "sha256:s" }],
    arms,
    ...changes,
  };
}
