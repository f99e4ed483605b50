import { assertAlmostEquals, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { UnsupportedError } from "../contract/errors.ts";
import { type RulePolicy, unitInterval } from "../contract/mod.ts";
import type { PolicyPlugin } from "../contract/policy.ts";
import type { RuleTest } from "../contract/rule.ts";
import { testTable } from "../replay/_test_table.ts";
import { quantileThreshold } from "./quantile_rules.ts";
import { rulePairs } from "./rule_pairs.ts";

interface Options {
  readonly threshold: number;
}

const table = await testTable({ items: 6, length: 10, heights: [2, 4, 6] });

/** Exits at heights 2 and 6 by the margin or, the other way round, by the entropy. */
function exitBy(signal: "margin" | "entropy"): PolicyPlugin {
  const test = (value: number): RuleTest => ({
    at: [2, 6],
    signal,
    is: signal === "margin" ? ">=" : "<",
    value,
  });
  const policy: RulePolicy<Options> = {
    name: "exit_by",
    family: "depth",
    scope: "rule",
    card: {
      summary: "",
      source: "",
      acts: [],
      lossless: false,
      training: "none",
      layers: "",
      deviations: [],
    },
    options: { threshold: unitInterval({ help: "" }) },
    defaultFill: () => "project",
    signals: () => [{ name: signal, kind: "readout", signal, head: "shared" }],
    rule: (_model, { threshold }) => ({ when: test(threshold), then: "exit" }),
  };
  return policy as PolicyPlugin;
}

function pairsOf(plugin: PolicyPlugin, value = 0.5) {
  const setting = {
    plugin,
    options: { threshold: 0.5 },
    fill: "project",
    label: "exit_by",
  } as const;
  return rulePairs(table, { setting, option: "threshold", value });
}

Deno.test("rulePairs() takes the test's heights only, low uncertainty first", () => {
  for (const signal of ["margin", "entropy"] as const) {
    const { uncertainty, agrees, optionOf } = pairsOf(exitBy(signal));
    assertStrictEquals(uncertainty.length, 2 * table.size);
    const column = table.columns.get(`${signal}@shared`)!;
    const sign = signal === "margin" ? -1 : 1;
    for (let p = 0; p < table.size; p++) {
      assertEquals([uncertainty[2 * p], uncertainty[2 * p + 1]], [
        sign * column[3 * p]!,
        sign * column[3 * p + 2]!,
      ]);
      assertEquals([agrees[2 * p], agrees[2 * p + 1]], [
        table.agrees[4 * p],
        table.agrees[4 * p + 2],
      ]);
    }
    const { threshold } = quantileThreshold(pairsOf(exitBy(signal)), {
      rule: "max_coverage",
      target: 0.01,
    });
    assertAlmostEquals(optionOf(threshold), sign * threshold, 0);
  }
});

Deno.test("rulePairs() refuses a policy whose rule has no such test", () => {
  assertThrows(
    () => pairsOf(exitBy("margin"), 0.7),
    UnsupportedError,
    'one test against option "threshold": 0 are',
  );
});
