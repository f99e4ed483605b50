import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { UsageError } from "./contract/errors.ts";
import { durationMs, parseRunSpec, runSpecJsonSchema } from "./run_spec.ts";

Deno.test("parseRunSpec() fills in the defaults of every command", () => {
  assertEquals(parseRunSpec({}), {
    model: "tiny_exit",
    backend: "wasm",
    suites: ["copy", "recall", "arithmetic"],
    size: "smoke",
    seed: 0,
    split: "test",
    policies: ["full_depth"],
    passes: ["free", "lockstep", "timed"],
    repetitions: 5,
    timedTokens: 16,
    allowTransfer: false,
    margin: 0.01,
  });
});

Deno.test("parseRunSpec() refuses what is out of range, twice, unknown or of another type", () => {
  const messages: readonly (readonly [unknown, string])[] = [
    [{ seed: -1 }, 'field "seed" of run spec'],
    [{ size: "huge" }, 'field "size" of run spec'],
    [{ limit: 0 }, 'field "limit" of run spec'],
    [{ passes: ["free", "free"] }, "expected each entry once"],
    [{ suites: [] }, 'field "suites"'],
    [{ polices: "calm" }, "polices"],
    [{ margin: "1" }, 'field "margin"'],
    [{ policies: 3 }, "expected a policy spec, or a list of them: current value is 3"],
    [{ policies: [] }, 'field "policies" of run spec'],
    [[], "Cannot read run spec"],
    [null, "Cannot read run spec"],
    ["text", "Cannot read run spec"],
  ];
  for (const [input, message] of messages) {
    const error = assertThrows(() => parseRunSpec(input), UsageError, message);
    assert(!error.message.includes("\n") && !error.message.endsWith("."), error.message);
  }
});

Deno.test("parseRunSpec() takes policies as one text or as a list", () => {
  assertEquals(parseRunSpec({ policies: "a, b(x=1)" }).policies, ["a, b(x=1)"]);
  assertEquals(parseRunSpec({ policies: ["a", "b"] }).policies, ["a", "b"]);
});

Deno.test("parseRunSpec() shows the value that came and where it came from", () => {
  const error = assertThrows(() => parseRunSpec({ size: "huge" }, '"my.json"'), UsageError);
  assert(error.message.startsWith('Cannot read field "size" of "my.json": '), error.message);
  assert(error.message.endsWith('current value is "huge"'), error.message);
});

Deno.test("runSpecJsonSchema() describes every field and forbids others", () => {
  const schema = runSpecJsonSchema();
  assertStrictEquals(schema.type, "object");
  assertStrictEquals(schema.additionalProperties, false);
  const properties = schema.properties as Record<string, { description?: string }>;
  assertEquals(Object.keys(properties).sort(), [
    "allowTransfer",
    "backend",
    "exact",
    "limit",
    "margin",
    "maxTokens",
    "model",
    "noControl",
    "oracleHeights",
    "out",
    "parts",
    "passes",
    "policies",
    "repetitions",
    "report",
    "seed",
    "size",
    "split",
    "suites",
    "threads",
    "timeBudget",
    "timedTokens",
  ]);
  for (const [name, field] of Object.entries(properties)) assert(field.description, name);
});

Deno.test("parseRunSpec() takes no oracle heights asked for as if nothing were said", () => {
  assertEquals(parseRunSpec({ oracleHeights: true }).oracleHeights, true);
  assertEquals(parseRunSpec({ oracleHeights: false }).oracleHeights, undefined);
  assertEquals(parseRunSpec({}).oracleHeights, undefined);
});

Deno.test("parseRunSpec() takes a time budget with its unit", () => {
  assertEquals(parseRunSpec({ timeBudget: "10m" }).timeBudget, "10m");
  assertEquals(["90s", "10m", "1.5h", "10"].map(durationMs), [90_000, 600_000, 5_400_000, NaN]);
  for (const timeBudget of ["10", "0s", "ten minutes", "-5m"]) {
    assertThrows(() => parseRunSpec({ timeBudget }), UsageError, 'Cannot read field "timeBudget"');
  }
});
