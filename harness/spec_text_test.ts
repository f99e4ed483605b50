import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "./contract/errors.ts";
import { KV_FILLS, parsePolicySpecs } from "./spec_text.ts";

const texts = (text: string) => parsePolicySpecs(text).map((spec) => spec.text);

Deno.test("parsePolicySpecs() reads names, options of every kind and blanks", () => {
  assertEquals(parsePolicySpecs(" full_depth , a( x = -1.5e-3 , w=softmax,f=true,l=[4, 8] )"), [
    { source: { kind: "name", name: "full_depth" }, options: {}, text: "full_depth" },
    {
      source: { kind: "name", name: "a" },
      options: { x: -0.0015, w: "softmax", f: true, l: [4, 8] },
      text: "a(x=-0.0015,w=softmax,f=true,l=[4,8])",
    },
  ]);
  assertEquals(texts("a(),b(l=[])"), ["a", "b(l=[])"]);
});

Deno.test("parsePolicySpecs() reads paths: relative, absolute, file URL, drive, quoted", () => {
  const paths = (text: string) =>
    parsePolicySpecs(text).map((spec) => spec.source.kind === "path" ? spec.source.path : "");
  assertEquals(paths("./my_policy.ts(threshold=0.5)"), ["./my_policy.ts"]);
  assertEquals(paths("../a+b/p.ts,/p.ts,file:///p.ts,C:\\p.ts"), [
    "../a+b/p.ts",
    "/p.ts",
    "file:///p.ts",
    "C:\\p.ts",
  ]);
  assertEquals(paths(`"/my folder/p(1),x.ts"(k=1), './q.ts'`), ["/my folder/p(1),x.ts", "./q.ts"]);
});

Deno.test("parsePolicySpecs() reads frozen options by file", () => {
  const files = (text: string) =>
    parsePolicySpecs(text).map((spec) => spec.source.kind === "frozen" ? spec.source.path : "");
  assertEquals(files("@out/calm_tiny.json, calm"), ["out/calm_tiny.json", ""]);
  assertEquals(files(`@"my out/a(1).json",@/x.json`), ["my out/a(1).json", "/x.json"]);
  assertEquals(texts(`@'my out/a.json', @o.json`), ['@"my out/a.json"', "@o.json"]);
});

Deno.test("parsePolicySpecs() expands a grid with both ends and without rounding noise", () => {
  const values = parsePolicySpecs("calm(threshold=0.5..0.95/10)").map((it) => it.options.threshold);
  assertEquals(values, [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]);
  assertEquals(texts("a(x=1..2/2,y=3..1/3)"), [
    "a(x=1,y=3)",
    "a(x=1,y=2)",
    "a(x=1,y=1)",
    "a(x=2,y=3)",
    "a(x=2,y=2)",
    "a(x=2,y=1)",
  ]);
});

Deno.test("parsePolicySpecs() crosses the fill axis apart from the options", () => {
  const specs = parsePolicySpecs("calm(threshold=0.9,fill=[project,hole])");
  assertEquals(specs.map((spec) => spec.fill), ["project", "hole"]);
  assertEquals(specs.map((spec) => spec.options), [{ threshold: 0.9 }, { threshold: 0.9 }]);
  assertStrictEquals(parsePolicySpecs("calm")[0]!.fill, undefined);
});

Deno.test("parsePolicySpecs() names the position of what is wrong", () => {
  const messages: readonly (readonly [string, string])[] = [
    ["", "at character 1: expected a policy name"],
    ["a,,b", "at character 3: expected a policy name"],
    ["calm(threshold)", 'at character 15: expected "=": found ")"'],
    ["calm(threshold=", "at character 16: expected a number, a word"],
    ["calm(threshold=0.5", 'at character 19: expected ")": the text ends there'],
    ["calm(t=0.5x)", "at character 8: expected a number, a word"],
    ["calm(t=1,t=2)", 'at character 10: expected option "t" once'],
    ["calm(t=0..1)", 'at character 12: expected "/"'],
    ["calm(t=0..1/1)", "at character 13: expected a whole number of arms from 2"],
    ["calm(fill=zero)", "at character 11: expected one of the KV fills project, recompute"],
    ["calm full_depth", 'at character 6: expected "," or the end'],
    ["my_policy.ts", 'at character 1: expected a policy name, or a path that starts with "./"'],
    ["npm:policy", "at character 1: expected a policy name, or a path"],
    ['"./open', 'at character 8: expected the closing "'],
    ["calm(l=[1,)", "at character 11: expected a number"],
    ["calm,@", "at character 7: expected a file such as @out/calm_tiny.json"],
    ["@a.json(fill=hole)", 'at character 8: expected "," or the end'],
  ];
  for (const [text, message] of messages) {
    assertThrows(() => parsePolicySpecs(text), UsageError, message, text);
  }
});

Deno.test("parsePolicySpecs() puts a policy of the readout behind each arm of a grid", () => {
  const specs = parsePolicySpecs("calm(threshold=0..1/3) + pruning(k=64) | lookup, fixed(exit=2)");
  assertEquals(specs.map(({ text }) => text), [
    "calm(threshold=0) + pruning(k=64) | lookup",
    "calm(threshold=0.5) + pruning(k=64) | lookup",
    "calm(threshold=1) + pruning(k=64) | lookup",
    "fixed(exit=2)",
  ]);
  assertEquals(specs.map(({ readout }) => readout?.options), [
    { k: 64 },
    { k: 64 },
    { k: 64 },
    undefined,
  ]);
});

Deno.test("parsePolicySpecs() refuses grids without end in one sentence", () => {
  assertThrows(() => parsePolicySpecs("a(x=0..1/999) + b(x=0..1/9)"), UsageError, "coarser grid");
  assertThrows(() => parsePolicySpecs("a(x=0..1/999,y=0..1/999)"), UsageError, "coarser grid");
  assertThrows(() => parsePolicySpecs("a(x=0..1/999),b(x=0..1/999)"), UsageError, "coarser grid");
});

Deno.test("parsePolicySpecs() gives the same spec again for its canonical text", () => {
  const word = fc.stringMatching(/^[a-z_][a-z0-9_]{0,7}$/).filter((it) => it !== "fill");
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((it) => it === 0 ? 0 : it),
    fc.boolean(),
    fc.stringMatching(/^[ -!#-~]{0,8}$/),
    fc.array(fc.integer(), { maxLength: 3 }),
  );
  const quoted = (it: unknown) =>
    typeof it === "string" ? `"${it}"` : Array.isArray(it) ? `[${it}]` : String(it);
  fc.assert(fc.property(
    word,
    fc.dictionary(word, value, { maxKeys: 3 }),
    fc.option(fc.constantFrom(...KV_FILLS), { nil: undefined }),
    (name, options, fill) => {
      const parts = Object.entries(options).map(([key, it]) => `${key}=${quoted(it)}`);
      if (fill !== undefined) parts.push(`fill=${fill}`);
      const [spec] = parsePolicySpecs(`${name}(${parts.join(",")})`);
      assert(spec !== undefined);
      assertEquals({ ...spec.options }, { ...options });
      assertStrictEquals(spec.fill, fill);
      assertEquals(parsePolicySpecs(spec.text), [spec]);
    },
  ));
});

Deno.test("parsePolicySpecs() reads drafts joined by |, and multiplies their grids", () => {
  const [drafts, ...rest] = parsePolicySpecs("prompt_lookup(ngram=2) | layer_skip(exit=4), calm");
  assertEquals(drafts?.text, "prompt_lookup(ngram=2) | layer_skip(exit=4)");
  assertEquals(drafts?.others?.map(({ text }) => text), ["layer_skip(exit=4)"]);
  assertEquals(rest.map(({ text, others }) => [text, others]), [["calm", undefined]]);
  assertEquals(parsePolicySpecs(drafts!.text), [drafts!]);
  const grid = parsePolicySpecs("a(x=1..2/2) | b(y=1..3/3) | c");
  assertEquals(grid.length, 6);
  assertEquals(grid[1]?.text, "a(x=1) | b(y=2) | c");
});
