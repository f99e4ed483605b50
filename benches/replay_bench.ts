/**
 * Replay of many settings: `deno bench --no-prompt benches/replay_bench.ts`.
 *
 * A trace of 10,000 tokens × 30 heights of random numbers (100 items of 100). A
 * run is what one group says: thousands of rules, or a hundred functions.
 * Before the clock starts, both ways are checked against each other.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { Replayer } from "../harness/replay/replayer.ts";
import { testTable } from "../harness/replay/_test_table.ts";
import type { ReplaySetting } from "../harness/replay/setting.ts";
import type { OptionInput, PolicyPlugin } from "../harness/contract/mod.ts";
import { parseOptions } from "../harness/contract/mod.ts";
import { calm, type CalmOptions } from "../policies/mod.ts";

const TABLE = testTable({
  items: 100,
  length: 100,
  layerCount: 31,
  heights: Array.from({ length: 30 }, (_, i) => i + 1),
});

function settingOf(input: OptionInput): ReplaySetting {
  const owner = { kind: "policy", name: "calm" };
  const options = parseOptions<CalmOptions>(owner, { schema: calm.options, input });
  return { plugin: calm as PolicyPlugin, options, fill: "project", label: "calm" };
}

/** The same decisions as a function of the point. */
const decided = {
  ...calm,
  scope: "block",
  heights: ({ layerCount }: { layerCount: number }) =>
    Array.from({ length: layerCount - 1 }, (_, i) => i + 1),
  decide: (
    { signals }: { signals: Readonly<Record<string, number>> },
    { threshold }: CalmOptions,
  ) => signals["margin"]! >= threshold ? "exit" : "run",
} as unknown as PolicyPlugin;

const grid = (count: number, input: OptionInput = {}) =>
  Array.from({ length: count }, (_, i) => settingOf({ ...input, threshold: (i + 0.5) / count }));

const replayer = new Replayer(TABLE);
for (const setting of grid(5)) {
  assertEquals(replayer.exits({ ...setting, plugin: decided }), replayer.exits(setting));
}

const CASES: readonly (readonly [string, () => readonly ReplaySetting[]])[] = [
  ["10,000 rules", () => grid(10_000)],
  ["10,000 rules, threshold by token", () => grid(10_000, { decay: 4 })],
  ["10,000 rules, recompute", () => grid(10_000).map((it) => ({ ...it, fill: "recompute" }))],
  ["1,000 rules, hole", () => grid(1000).map((it) => ({ ...it, fill: "hole" }))],
  ["100 functions", () => grid(100).map((it) => ({ ...it, plugin: decided }))],
];

for (const [name, make] of CASES) {
  const settings = make();
  Deno.bench(name, { group: "10,000 tokens × 30 heights", n: 1, warmup: 0 }, () => {
    for (const setting of settings) replayer.point(setting);
  });
}
