import { assertEquals, assertStrictEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { InputError } from "../contract/errors.ts";
import {
  type FrozenOptions,
  frozenOptionsJsonSchema,
  parseFrozenOptions,
} from "./frozen_options.ts";
import { guaranteeText } from "./guarantee.ts";
import { itemIds, sharedItems } from "./item_ids.ts";
import { transferredParts } from "./transfer.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;
const ID = "ab".repeat(32);

const FROZEN: FrozenOptions = {
  kind: "depthbench-options",
  schema: 1,
  spec: "calm(threshold=0.85)",
  policy: { name: "calm", digest: DIGEST },
  options: { measure: "softmax", threshold: 0.85, at: [] },
  fill: "project",
  option: "threshold",
  value: 0.85,
  guarantee: "g",
  method: {
    name: "learn_then_test",
    risk: "consistency",
    delta: 0.1,
    epsilon: 0.05,
    bound: "hoeffding_bentkus",
    strictest: "high",
    isFallback: false,
  },
  basis: "lockstep",
  prompts: 200,
  settings: [{ value: 0.85, loss: 0.05, pValue: 0.02, verdict: "passed" }],
  cost: { seconds: 1.5, tokens: 4000 },
  model: { name: "tiny", digest: DIGEST },
  tokenizer: DIGEST,
  backend: { name: "cpu", kernels: "cpu-1" },
  suites: [{
    name: "copy",
    version: 1,
    size: "standard",
    split: "calibration",
    seed: 0,
    items: 200,
    digest: DIGEST,
  }],
  items: itemIds([ID]),
  date: "2026-01-01T00:00:00.000Z",
  harness: "0.1.0",
};

Deno.test("parseFrozenOptions() gives back what was frozen", () => {
  assertEquals(parseFrozenOptions(JSON.parse(JSON.stringify(FROZEN)), "file"), FROZEN);
});

Deno.test("parseFrozenOptions() names the field that is wrong", () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [[], 'Cannot read frozen options "f"'],
    [{ ...FROZEN, schema: 2 }, 'field "schema"'],
    [{ ...FROZEN, extra: 1 }, "extra"],
    [{ ...FROZEN, policy: { name: "calm", digest: "x" } }, 'field "policy.digest"'],
    [{ ...FROZEN, suites: [{ ...FROZEN.suites[0], split: "test" }] }, 'field "suites.0.split"'],
    [{ ...FROZEN, items: { ...FROZEN.items, ids: ["../x"] } }, 'field "items.ids.0"'],
    [{ ...FROZEN, method: { ...FROZEN.method, delta: 2 } }, 'field "method.delta"'],
  ];
  for (const [input, sentence] of wrong) {
    assertThrows(() => parseFrozenOptions(input, 'frozen options "f"'), InputError, sentence);
  }
});

Deno.test("frozenOptionsJsonSchema() describes every field", () => {
  const schema = frozenOptionsJsonSchema();
  const names = Object.keys(schema.properties as Record<string, unknown>);
  for (const name of Object.keys(FROZEN)) assertEquals(names.includes(name), true, name);
  assertStrictEquals(schema.additionalProperties, false);
});

Deno.test("itemIds() is the same in any order and finds shared items by their first digits", () => {
  const others = ["cd".repeat(32), ID];
  assertEquals(itemIds(others), itemIds([...others].reverse()));
  assertEquals(sharedItems(itemIds([ID]), others), [ID]);
  assertEquals(sharedItems(itemIds([ID]), ["ef".repeat(32)]), []);
});

Deno.test("transferredParts() names model and policy when they differ", () => {
  const here = { model: { name: "tiny", digest: DIGEST }, policyDigest: DIGEST };
  assertEquals(transferredParts(FROZEN, here), []);
  const elsewhere = { model: { name: "b", digest: "sha256:1" }, policyDigest: "sha256:2" };
  assertEquals(transferredParts(FROZEN, elsewhere), ["model", "policy"]);
});

Deno.test("guaranteeText() promises what was tested and nothing else", () => {
  const base = { prompts: 200, suites: ["copy"] };
  const tested = guaranteeText({ ...base, method: FROZEN.method });
  assertStringIncludes(tested, "With probability at least 0.95");
  assertStringIncludes(tested, "at most 0.1 on prompts drawn alike");
  const nothing = { ...FROZEN.method, isFallback: true } as FrozenOptions["method"];
  const fallback = guaranteeText({ ...base, method: nothing, fallback: "threshold=1" });
  assertStringIncludes(fallback, "threshold=1 is full depth");
  for (
    const method of [
      { name: "target_quality", risk: "task", target: 0.9 },
      { name: "target_speed", risk: "consistency", target: 2 },
      { name: "max_coverage", target: 0.9, coverage: 0.5, accuracy: 0.9 },
    ] as const
  ) assertStringIncludes(guaranteeText({ ...base, method }), "None");
});
