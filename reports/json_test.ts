import { assert, assertEquals } from "@std/assert";
import { json, SUMMARY_SCHEMA } from "./json.ts";
import { SUMMARY } from "./testdata/summary.ts";

/** The same value with keys inserted in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).reverse().map(([key, inner]) => [key, reversed(inner)]),
  );
}

Deno.test("json.render() holds the whole summary and its schema", async () => {
  const { schema, kind, summary } = JSON.parse(await json.render(SUMMARY));
  assertEquals(schema, SUMMARY_SCHEMA);
  assertEquals(kind, "depthbench-summary");
  assertEquals(summary, SUMMARY);
});

Deno.test("json.render() does not depend on the order of keys", async () => {
  const other = reversed(SUMMARY) as typeof SUMMARY;
  assertEquals(await json.render(other), await json.render(SUMMARY));
});

Deno.test("json.render() writes no character that acts on a terminal", async () => {
  const summary = { ...SUMMARY, answer: ["\u009b31m \u007f \u2028 \u001b"] };
  const text = await json.render(summary);
  // deno-lint-ignore no-control-regex
  assert(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/.test(text));
  assertEquals(JSON.parse(text).summary.answer, summary.answer);
});

Deno.test("json.render() writes numbers that are not finite as null", async () => {
  const summary = { ...SUMMARY, noise: { ...SUMMARY.noise!, margin: NaN } };
  assertEquals(JSON.parse(await json.render(summary)).summary.noise.margin, null);
});
