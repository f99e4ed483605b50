import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Manifest } from "../harness/contract/record.ts";
import type { ArmSummary, Estimate, Summary } from "../harness/contract/summary.ts";
import { compareRuns } from "./run_comparison.ts";

const estimate = (value: number): Estimate => ({ value, low: value, high: value, clusters: 9 });

interface Shape {
  readonly digest?: string;
  readonly cpu?: string;
  readonly items?: string;
  readonly threshold?: number;
  readonly label?: string;
  readonly score?: number;
}

/** A run of one arm, as far as a comparison looks. */
function run(shape: Shape = {}): Summary {
  const label = shape.label ?? "calm(threshold=0.9)";
  const manifest = {
    model: { digest: shape.digest ?? "sha256:a" },
    backend: { name: "cpu", kernels: "1", features: [] },
    environment: { cpu: shape.cpu ?? "one", cores: 2, memoryBytes: 1, os: "o", runtime: "r" },
    suites: [{ name: "copy", digest: shape.items ?? "s" }],
    timedTokens: 16,
    margin: 0.01,
    arms: [{ label, policy: "calm", options: { threshold: shape.threshold ?? 0.9 }, fill: "hole" }],
  } as unknown as Manifest;
  const arm = {
    label,
    quality: [{ suite: "copy", metric: "score", value: estimate(shape.score ?? 0.5) }],
    cost: { blocksRun: estimate(8), macs: 0.7, weights: 0.7, readouts: 3, kvWritten: 1 },
    speed: { decodeMs: estimate(2), perPrompt: estimate(1.2) },
  } as unknown as ArmSummary;
  return { manifest, arms: [arm] } as unknown as Summary;
}

Deno.test("compareRuns() gives B minus A for arms in both, times included", () => {
  const { numbers, timesNotComparable } = compareRuns(run(), run({ score: 0.75 }));
  assertEquals(timesNotComparable, []);
  assertAlmostEquals(numbers.find((it) => it.metric === "copy score")!.difference, 0.25);
  assertEquals(numbers.map((it) => it.metric), [
    "copy score",
    "blocks run [per token]",
    "MACs [of full depth]",
    "weights [of full depth]",
    "readouts [per token]",
    "KV written [of full depth]",
    "decode [ms/token]",
    "speed-up [×]",
  ]);
});

Deno.test("compareRuns() matches arms by policy, options and fill, not by label", () => {
  const same = compareRuns(run(), run({ label: "calm" }));
  assertEquals(same.onlyA, []);
  const other = compareRuns(run(), run({ threshold: 0.8, label: "calm(threshold=0.8)" }));
  assertEquals(other.numbers, []);
  assertEquals(other.onlyA, ["calm(threshold=0.9)"]);
  assertEquals(other.onlyB, ["calm(threshold=0.8)"]);
});

Deno.test("compareRuns() compares no times across machines or models", () => {
  const machine = compareRuns(run(), run({ cpu: "two" }));
  assertEquals(machine.timesNotComparable, ["the machines' cpu differ"]);
  assertEquals(machine.numbers.some((it) => /ms|speed-up/.test(it.metric)), false);
  assertEquals(compareRuns(run(), run({ digest: "sha256:b" })).timesNotComparable, [
    "the models differ",
  ]);
});

Deno.test("compareRuns() compares no quality of other items", () => {
  const { numbers, qualityNotComparable } = compareRuns(run(), run({ items: "t" }));
  assertEquals(qualityNotComparable, ['suite "copy" has other items']);
  assertEquals(numbers.some((it) => it.metric === "copy score"), false);
});
