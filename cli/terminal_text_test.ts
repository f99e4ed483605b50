import { assertStrictEquals } from "@std/assert";
import { oneLine, stripControls } from "./terminal_text.ts";

Deno.test("stripControls() removes escape sequences, C0, C1 and direction overrides", () => {
  assertStrictEquals(stripControls("a\x1b[31mred\x1b]0;title\x07b"), "aredb");
  assertStrictEquals(stripControls("\x1b\x1b[31m[31mx\x1b"), "[31mx");
  assertStrictEquals(stripControls("\u009b2Jx\u0000y\r\x7f\u202ez"), "2Jxyz");
});

Deno.test("stripControls() keeps tabs, line feeds and all printable text", () => {
  assertStrictEquals(stripControls("a\tb\nc é 漢 🙂 \u00a0"), "a\tb\nc é 漢 🙂 \u00a0");
});

Deno.test("oneLine() joins lines", () => {
  assertStrictEquals(oneLine(" a\n  b\r\n\x1b[0mc "), "a b c");
});
