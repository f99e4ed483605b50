/** The fast way of rules against asking at every height. */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { declareSignals } from "../contract/signal.ts";
import type { PolicyPlugin } from "../contract/policy.ts";
import type { Comparison, Rule, RuleTest } from "../contract/rule.ts";
import { createRandom } from "../numerics/random.ts";
import { askExits } from "./asked_exits.ts";
import { testTable } from "./_test_table.ts";
import { ruleExits, type RuleShared } from "./rule_exits.ts";
import { TokenValues } from "./rule_values.ts";
import { bindSetting } from "./setting.ts";

const TABLE = testTable({ items: 7, length: 9, heights: [1, 2, 3, 4, 6, 7] });

function sharedOf(table = TABLE): RuleShared {
  return { values: new TokenValues(table), maxima: new Map() };
}

function policyOf(when: Rule, actsOnPrompt = false): PolicyPlugin {
  return {
    name: "rule",
    family: "depth",
    scope: "rule",
    options: {},
    defaultFill: () => "project",
    actsOnPrompt: () => actsOnPrompt,
    signals: () => declareSignals("margin", "entropy"),
    rule: () => ({ when, then: "exit" }),
  } as unknown as PolicyPlugin;
}

/** Exits by both ways. */
function both(when: Rule, actsOnPrompt = false): { fast: Uint16Array; asked: Uint16Array } {
  const plugin = policyOf(when, actsOnPrompt);
  const setting = { plugin, options: {}, fill: "recompute", label: "rule" } as const;
  const bound = bindSetting(TABLE, setting);
  const fast = new Uint16Array(TABLE.size);
  const asked = new Uint16Array(TABLE.size);
  assert(ruleExits(fast, bound, { rule: when, shared: SHARED }));
  askExits(asked, bound);
  return { fast, asked };
}

const SHARED = sharedOf();

const random = createRandom(5);
const pick = <T>(list: readonly T[]): T => list[random.int(list.length)]!;

function randomTest(): RuleTest {
  const at = TABLE.manifest.heights.filter(() => random.uniform() < 0.6);
  const number = pick([-Infinity, 0, 0.25, 0.5, 0.75, 1, Infinity, NaN]);
  const shift = random.uniform() - 0.5;
  return {
    at,
    signal: pick(["margin", "entropy"]),
    is: pick<Comparison>([">=", ">", "<=", "<"]),
    value: pick<RuleTest["value"]>([
      number,
      ({ emitted }) => emitted / 9 + shift,
      ({ position, limits }) => position / limits.maxTokens,
      ({ limits }) => limits.maxTokens % 2,
      ({ phase }) => phase === "prompt" ? 0 : NaN,
    ]),
    ...pick([{}, { bound: 1 }, { bound: 0 }]),
  };
}

function randomRule(depth: number): Rule {
  if (depth === 0 || random.uniform() < 0.3) return randomTest();
  const parts = Array.from({ length: random.int(4) }, () => randomRule(depth - 1));
  return random.uniform() < 0.5 ? { all: parts } : { any: parts };
}

Deno.test("ruleExits() equals asking at every height, for random rules", () => {
  const seen = new Set<number>();
  for (let i = 0; i < 600; i++) {
    const rule = randomRule(i % 3);
    const { fast, asked } = both(rule, i % 2 === 0);
    assertEquals(fast, asked, JSON.stringify(rule));
    fast.forEach((level) => seen.add(level));
  }
  assertStrictEquals(seen.size, 7, "some level was never left at");
});

Deno.test("ruleExits() hands a rule that draws chance back to be asked", () => {
  const rule: Rule = { at: [2], signal: "margin", is: ">=", value: (point) => point.uniform(0) };
  const setting = { plugin: policyOf(rule), options: {}, fill: "recompute", label: "r" } as const;
  const bound = bindSetting(TABLE, setting);
  assertStrictEquals(
    ruleExits(new Uint16Array(TABLE.size), bound, { rule, shared: SHARED }),
    false,
  );
});

Deno.test("TokenValues.of() calls once for positions that a function cannot tell apart", () => {
  let calls = 0;
  const counted = (point: { emitted: number }) => {
    calls++;
    return point.emitted;
  };
  const values = SHARED.values.of(counted);
  assertStrictEquals(calls, 2 * 9); // two kinds of limits
  const { from } = TABLE.items[3]!;
  assertEquals([...values!.subarray(from, from + 3)], [0, 1, 2]);
});
