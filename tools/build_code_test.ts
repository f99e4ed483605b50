import { assertEquals, assertStrictEquals } from "@std/assert";
import { codeExcerptOf } from "./build_code.ts";

/** A function of `lines` lines of 40 characters. */
function functionOf(name: string, lines: number): string {
  const inner = Array.from({ length: lines - 2 }, () => `  ${"x".repeat(37)}`);
  return [`export function ${name}() {`, ...inner, "}"].join("\n");
}

Deno.test("codeExcerptOf() starts at a declaration past the first 30 % and ends at an end of one", () => {
  const [a, b, c] = [functionOf("a", 14), functionOf("b", 14), functionOf("c", 14)];
  assertStrictEquals(codeExcerptOf(`${a}\n\n${b}\n\n${c}\n`), b);
  assertStrictEquals(codeExcerptOf(`${a}\r\n\r\n${b}\r\n`), b);
});

Deno.test("codeExcerptOf() leaves out files without a declaration of fitting size", () => {
  const fitting = functionOf("c", 12);
  assertEquals(
    ["", "const x = 1;\n", functionOf("long", 40), functionOf("short", 4), `// ${fitting}`]
      .map(codeExcerptOf),
    [undefined, undefined, undefined, undefined, undefined],
  );
});
