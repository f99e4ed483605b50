import { assertEquals } from "@std/assert";
import { vectorFlags } from "./machine.ts";

Deno.test("vectorFlags() keeps vector extensions of the first processor", () => {
  const text = "processor\t: 0\nflags\t\t: fpu sse4_2 avx avx2 fma rdtscp avx512_vnni\n\n" +
    "processor\t: 1\nflags\t\t: fpu\n";
  assertEquals(vectorFlags(text), "sse4_2 avx avx2 fma avx512_vnni");
});

Deno.test("vectorFlags() reads ARM's line and says unknown where there is none", () => {
  assertEquals(vectorFlags("Features\t: fp asimd asimddp i8mm\n"), "asimd asimddp i8mm");
  assertEquals(vectorFlags(""), "unknown");
});
