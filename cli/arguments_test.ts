import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { UsageError } from "../harness/contract/errors.ts";
import { readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";

const command: Command = {
  name: "toy",
  summary: "A command of tests",
  usage: "toy <file> [--size <n>]",
  flags: {
    size: { kind: "number", value: "<n>", help: "A number" },
    name: { kind: "text", value: "<text>", help: "A text" },
    policies: { kind: "texts", value: "<spec>", help: "Texts" },
    json: { kind: "switch", help: "A switch" },
  },
  positional: { least: 1, most: 2 },
  run: () => Promise.resolve(0),
};

const read = (...args: string[]) => readArguments(command, args);

Deno.test("readArguments() reads both forms of values, switches, repeats and positionals", () => {
  const { positional, flags } = read("a", "--size=3", "--policies", "x", "--json", "--policies=y");
  assertEquals(positional, ["a"]);
  assertStrictEquals(flags.number("size"), 3);
  assertEquals(flags.texts("policies"), ["x", "y"]);
  assert(flags.has("json"));
  assertStrictEquals(flags.text("name"), undefined);
});

Deno.test("readArguments() takes values that start with a dash and what follows --", () => {
  assertStrictEquals(read("a", "--size", "-1").flags.number("size"), -1);
  assertStrictEquals(read("a", "--name=").flags.text("name"), "");
  assertEquals(read("a", "--", "--json").positional, ["a", "--json"]);
  assertEquals(read("-1").positional, ["-1"]);
});

Deno.test("readArguments() refuses what it does not know in one sentence", () => {
  const messages: readonly (readonly [readonly string[], string])[] = [
    [["a", "--jsn"], 'Cannot read flag "--jsn" of "toy": did you mean "--json"?'],
    [["a", "-j"], 'Cannot read flag "-j" of "toy"'],
    [["a", "--__proto__"], 'Cannot read flag "--__proto__"'],
    [["a", "--name"], 'Cannot read flag "--name": expected <text>'],
    [["a", "--json=1"], 'Cannot read flag "--json": expected no value: current value is "1"'],
    [["a", "--name", "x", "--name", "y"], "expected it once: it came twice"],
    [[], 'Cannot run "toy": expected 1 to 2 arguments, 0 came: usage: toy <file>'],
    [["a", "b", "c"], "expected 1 to 2 arguments, 3 came"],
  ];
  for (const [args, message] of messages) {
    assertThrows(() => read(...args), UsageError, message, args.join(" "));
  }
  assertThrows(() => read("a", "--size", "x").flags.number("size"), UsageError, "a number");
  assertThrows(() => read("a", "--size", "").flags.number("size"), UsageError, "a number");
});

Deno.test("readArguments() lets --help through without the arguments that are missing", () => {
  assert(read("--help").flags.has("help"));
  assert(read("-h").flags.has("help"));
});
