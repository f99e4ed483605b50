import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../harness/contract/errors.ts";
import { oneOf, positiveInteger, positiveIntegers } from "./bench_flags.ts";

Deno.test("positiveIntegers() reads a list, sorted, each once", () => {
  assertEquals(positiveIntegers("rows", "8, 1,8"), [1, 8]);
});

Deno.test("positiveIntegers() refuses what is no whole number from 1", () => {
  for (const text of ["", "1,", "0", "1.5", "-1", "x"]) {
    assertThrows(() => positiveIntegers("rows", text), UsageError, 'flag "--rows"');
  }
  assertThrows(() => positiveInteger("visits", Infinity), UsageError, "whole number");
});

Deno.test("oneOf() names the words", () => {
  assertEquals(oneOf("peers", "wllama", ["llama.cpp", "wllama"]), "wllama");
  assertThrows(() => oneOf("peers", "x", ["a", "b"]), UsageError, '"a", "b"');
});
