import * as asserts from "@std/assert";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { parseArgs } from "@std/cli";
import { stringify } from "@std/csv";
import { format as formatBytes } from "@std/fmt/bytes";
import * as colors from "@std/fmt/colors";
import { format as formatDuration } from "@std/fmt/duration";
import { escape, unescape } from "@std/html";
import { closestString, levenshteinDistance } from "@std/text";

Deno.test("@std/assert has every function that its door declares", () => {
  const declared = Deno.readTextFileSync(new URL("./assert.d.ts", import.meta.url))
    .matchAll(/export declare (?:function|class) (\w+)/g);
  const present = new Set(Object.keys(asserts));
  for (const [, name] of declared) assert(present.has(name!), `missing "${name}"`);
});

Deno.test("@std/assert assert() narrows and throws AssertionError", () => {
  const value: string | undefined = ["a"][0];
  assert(value !== undefined);
  assertStrictEquals(value.length, 1);
  assertThrows(() => assert(false, "no"), asserts.AssertionError, "no");
});

Deno.test("@std/cli parseArgs() reads text, booleans, repeated and unknown flags", () => {
  const unknown: string[] = [];
  const args = parseArgs(["run", "--limit", "04", "--json", "--p=a", "--p", "b", "--oops"], {
    boolean: ["json"],
    string: ["limit", "_"],
    collect: ["p"],
    unknown: (arg) => {
      if (!arg.startsWith("--")) return true;
      unknown.push(arg);
      return false;
    },
  });
  assertEquals(args, { _: ["run"], limit: "04", json: true, p: ["a", "b"] });
  assertEquals(unknown, ["--oops"]);
});

Deno.test("@std/cli parseArgs() sets a negatable flag to false and takes defaults", () => {
  const options = { boolean: ["color"], negatable: ["color"], default: { color: true } };
  assertStrictEquals(parseArgs(["--no-color"], options).color, false);
  assertStrictEquals(parseArgs([], options).color, true);
});

Deno.test("@std/csv stringify() quotes separators, quotes and line ends", () => {
  const rows = [{ a: 'x,"y"', b: 1 }, { a: "two\nlines", b: undefined }];
  assertEquals(
    stringify(rows, { columns: ["a", "b"] }),
    'a,b\r\n"x,""y""",1\r\n"two\nlines",\r\n',
  );
  assertEquals(stringify([["a", 1]]), "a,1\r\n");
});

Deno.test("@std/fmt/bytes format() writes decimal and binary units", () => {
  assertEquals(formatBytes(1_337), "1.34 kB");
  assertEquals(formatBytes(1_048_576, { binary: true }), "1 MiB");
  assertThrows(() => formatBytes(NaN), TypeError);
});

Deno.test("@std/fmt/colors has every function that its door declares", () => {
  const wasEnabled = colors.getColorEnabled();
  colors.setColorEnabled(true);
  const { bold, dim, red, green, yellow, blue, cyan, gray, stripAnsiCode } = colors;
  for (const paint of [bold, dim, red, green, yellow, blue, cyan, gray]) {
    assertEquals(paint("x") === "x", Deno.noColor); // NO_COLOR wins over setColorEnabled
    assertEquals(stripAnsiCode(paint("x")), "x");
  }
  colors.setColorEnabled(false);
  assertEquals(red("x"), "x");
  colors.setColorEnabled(wasEnabled);
});

Deno.test("@std/fmt/duration format() leaves out zero units when asked", () => {
  assertEquals(formatDuration(99_674, { ignoreZero: true }), "1m 39s 674ms");
  assertEquals(formatDuration(60_000, { style: "full", ignoreZero: true }), "1 minute");
});

Deno.test("@std/html escape() escapes the five characters of text and attributes", () => {
  assertEquals(escape(`<a href="x">&'`), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  assertEquals(unescape(escape(`<a href="x">&'`)), `<a href="x">&'`);
});

Deno.test("@std/text closestString() finds the nearest name, levenshteinDistance() how near", () => {
  assertEquals(closestString("clam", ["full_depth", "calm", "fixed_exit"]), "calm");
  assertEquals(levenshteinDistance("kitten", "sitting"), 3);
  assertThrows(() => closestString("a", []), TypeError);
});
