import { assert, assertEquals } from "@std/assert";
import { measureRead, openStreamingRead } from "./streaming_read.ts";

Deno.test("openStreamingRead() reads every byte once", () => {
  const read = openStreamingRead(1 << 17);
  const word = 0x0101010101010101n;
  assertEquals(read.pass(), BigInt.asIntN(64, BigInt((1 << 17) / 16) * word));
});

Deno.test("measureRead() gives a rate in bytes per second", () => {
  const rate = measureRead(openStreamingRead(1 << 22), 5);
  assert(rate > 1e8 && rate < 1e13, `${rate} bytes per second`);
});
