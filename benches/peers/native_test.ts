import { assertEquals } from "@std/assert";
import { linesOf } from "./native.ts";

Deno.test("linesOf() joins chunks and keeps characters whole", async () => {
  const bytes = new TextEncoder().encode('{"ms": 1}\n{"error": "é"}\nrest');
  const chunks = ReadableStream.from([bytes.slice(0, 4), bytes.slice(4, 22), bytes.slice(22)]);
  assertEquals(await Array.fromAsync(linesOf(chunks)), ['{"ms": 1}', '{"error": "é"}', "rest"]);
});
