import { assertEquals, assertMatch } from "@std/assert";
import type { ArmSummary, QualityClass, Verdict } from "../contract/summary.ts";
import { arm as recordArm } from "./_test_run.ts";
import { choicesOf } from "./choices.ts";

const estimate = (value: number, half = 0.01) => ({
  value,
  low: value - half,
  high: value + half,
  clusters: 20,
});

function policy(label: string, { speed, verdict, quality, readouts = 1, changes = {} }: {
  readonly speed: number;
  readonly verdict: Verdict;
  readonly quality: QualityClass;
  readonly readouts?: number;
  readonly changes?: Partial<ArmSummary>;
}): ArmSummary {
  const ratio = estimate({ A: 1.01, B: 1.003, C: 0.985, fail: 0.8 }[quality]);
  return {
    label,
    role: "policy",
    fill: "none",
    card: recordArm(label).card,
    counts: { ok: 1, failed: 0, skipped: 0 },
    troubles: [],
    quality: [{ suite: "copy", metric: "score", value: estimate(0.8), ratio, quality }],
    worstQuality: quality,
    speed: {
      decodeMs: estimate(1),
      perPrompt: estimate(speed),
      workload: estimate(speed),
      pValue: 0.01,
      verdict,
      minimumDetectable: 0.02,
    },
    cost: {
      blocksRun: estimate(20),
      macs: 0.7 + 0.2 * readouts,
      weights: 1,
      macShares: { blocks: 0.7, readouts: 0.2 * readouts, probes: 0, fills: 0 },
      readouts,
      reads: readouts,
      fills: 0,
      kvWritten: 1,
    },
    ...changes,
  };
}

Deno.test("choicesOf() names the fastest policy that keeps each class, better classes included", () => {
  const choices = choicesOf([
    policy("slow and equal", { speed: 1.1, verdict: "faster", quality: "A" }),
    policy("fast and near", { speed: 1.4, verdict: "faster", quality: "C" }),
    policy("fastest and bad", { speed: 1.9, verdict: "faster", quality: "fail" }),
  ], 30)!;
  assertEquals(choices.map(({ quality, arm }) => [quality, arm]), [
    ["A", "slow and equal"],
    ["B", "slow and equal"],
    ["C", "fast and near"],
  ]);
  assertEquals(choices[2]!.gain, estimate(1.4));
  assertEquals(choices[2]!.lowest, { suite: "copy", ratio: estimate(0.985) });
});

Deno.test("choicesOf() names the ledger's term that forbids a gain where none pays", () => {
  const choices = choicesOf([
    policy("reads a lot", { speed: 0.8, verdict: "slower", quality: "B", readouts: 5 }),
  ], 30)!;
  assertMatch(choices[0]!.reason!, /^No policy keeps it\. The nearest is reads a lot: it keeps/);
  for (const { arm, reason } of choices.slice(1)) {
    assertEquals(arm, undefined);
    assertMatch(reason!, /^reads a lot is 0\.80× .* readouts alone cost 1\.00 × a full-depth step/);
  }
});

Deno.test("choicesOf() takes no upper bound, and says nothing where no class was measured", () => {
  const bound = policy("oracle", { speed: 3, verdict: "faster", quality: "A" });
  const arms = [
    { ...bound, card: { ...bound.card, deployable: false as const } },
    policy("real", { speed: 1.2, verdict: "faster", quality: "A" }),
  ];
  assertEquals(choicesOf(arms, 30)!.map(({ arm }) => arm), ["real", "real", "real"]);
  assertEquals(choicesOf(arms.slice(0, 1), 30), undefined);
  const { worstQuality: _, ...unmeasured } = arms[1]!;
  assertEquals(choicesOf([unmeasured], 30), undefined);
});
