import { assertEquals } from "@std/assert";
import { interval, number, percent, ratio, significant, small, whole } from "./_format.ts";

Deno.test("number() prints absent and not finite as —, and a true minus sign", () => {
  assertEquals(number(undefined, ratio), "—");
  assertEquals(number(NaN, ratio), "—");
  assertEquals(number(-Infinity, ratio), "—");
  assertEquals(number(0, ratio), "0.00");
  assertEquals(number(-0.5, ratio), "−0.50");
});

Deno.test("significant() keeps times readable over five orders of magnitude", () => {
  const shown = [0, 0.00123, 0.123, 4.1, 41.23, 412.3, 41234].map(significant);
  assertEquals(shown, ["0.00", "0.0012", "0.12", "4.10", "41.2", "412", "41234"]);
});

Deno.test("small() turns to powers of ten below a thousandth", () => {
  assertEquals([0, 0.00049, 0.001, 0.0132, 12.34].map(small), [
    "0",
    "5e−4",
    "0.001",
    "0.013",
    "12.3",
  ]);
});

Deno.test("whole() separates thousands", () => {
  assertEquals([0, 999, 1000, 1234567].map(whole), [
    "0",
    "999",
    "1\u202f000",
    "1\u202f234\u202f567",
  ]);
});

Deno.test("interval() prints both ends, and says when there is none", () => {
  assertEquals(interval({ value: 0.5, low: 0.25, high: NaN, clusters: 3 }, percent), "[25.0, —]");
  assertEquals(interval({ value: 0.5, low: NaN, high: NaN, clusters: 1 }, percent), "no interval");
});
