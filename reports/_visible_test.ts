import { assert, assertEquals } from "@std/assert";
import { visibleLine, visibleText, visibleToken } from "./_visible.ts";

Deno.test("visibleToken() shows spaces, line feeds, tabs and nothing", () => {
  const shown = [" the", "a b ", "  ", "\n", "\t", "", "é", "\u0007", "\u202e", "\ufffd"];
  assertEquals(shown.map(visibleToken), [
    "·the",
    "a b·",
    "␣␣",
    "↵",
    "⇥",
    "∅",
    "é",
    "⟨U+0007⟩",
    "⟨U+202E⟩",
    "\ufffd",
  ]);
});

Deno.test("visibleText() keeps line feeds and tabs and shows other controls", () => {
  assertEquals(visibleText("a\r\nb\tc\u001b[0m"), "a\nb\tc⟨U+001B⟩[0m");
});

Deno.test("visibleLine() is one line without invisible characters", () => {
  assertEquals(visibleLine("a\nb\u200bc"), "a b⟨U+200B⟩c");
});

Deno.test("visibleLine() leaves no control, format or lone surrogate of the first plane", () => {
  for (let code = 0; code < 0x10000; code++) {
    const shown = visibleLine(String.fromCharCode(code));
    assert(!/[\p{Cc}\p{Bidi_C}\p{Cs}\u2028\u2029]/u.test(shown), code.toString(16));
  }
});
