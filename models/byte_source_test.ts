import { assertEquals, assertRejects } from "@std/assert";
import { memorySource } from "./byte_source.ts";

Deno.test("memorySource() reads copies of ranges and refuses what is not there", async () => {
  const source = memorySource("x", Uint8Array.of(1, 2, 3, 4));
  const read = await source.read(1, 2);
  assertEquals([...read], [2, 3]);
  read[0] = 9;
  assertEquals([...await source.read(0, 4)], [1, 2, 3, 4]);
  assertEquals([...await source.read(4, 0)], []);
  for (const [offset, length] of [[3, 2], [-1, 1], [0, NaN]] as const) {
    await assertRejects(() => source.read(offset, length), RangeError, "inside 4 bytes");
  }
});
