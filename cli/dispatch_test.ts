import { assert, assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import {
  ContractError,
  InputError,
  ModelFormatError,
  UnsupportedError,
  UsageError,
} from "../harness/contract/errors.ts";
import type { Command, Io } from "./command.ts";
import { dispatch } from "./dispatch.ts";
import { commands } from "./mod.ts";

function recorder(): { readonly io: Io; readonly out: string[]; readonly err: string[] } {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    write: (text) => void out.push(text),
    say: (line) => void err.push(line),
    color: false,
    signal: new AbortController().signal,
    progress: () => ({ update: () => {}, end: () => {} }),
  };
  return { io, out, err };
}

function throwing(error: unknown): Command {
  return {
    name: "toy",
    summary: "Throws",
    usage: "toy",
    flags: {},
    positional: { least: 0, most: 0 },
    run: () => Promise.reject(error),
  };
}

Deno.test("dispatch() maps every error to its exit code and one line", async () => {
  const place = { offset: 8, field: "magic" };
  const cases: readonly (readonly [unknown, number, string])[] = [
    [new UsageError("Cannot a"), 64, "Cannot a"],
    [new InputError("Cannot b\n  c"), 3, "Cannot b c"],
    [new ModelFormatError("bad", place), 3, 'Cannot read model: field "magic" at offset 8: bad'],
    [new ContractError("p", "no"), 3, 'Plugin "p" breaks the contract: no'],
    [new UnsupportedError("Cannot d"), 3, "Cannot d"],
    [new TypeError("\x1b[31mx"), 3, "Cannot finish: unexpected TypeError: x: run again"],
    ["text", 3, "Cannot finish: unexpected text"],
  ];
  for (const [error, code, line] of cases) {
    const { io, out, err } = recorder();
    assertStrictEquals(await dispatch(["toy"], { commands: [throwing(error)], io }), code);
    assertEquals(out, []);
    assertStrictEquals(err.length, 1);
    assert(err[0]!.startsWith(line), err[0]);
  }
});

Deno.test("dispatch() shows a stack and its causes only with --verbose", async () => {
  const error = new InputError("Cannot e", { cause: new Error("the cause") });
  const { io, err } = recorder();
  await dispatch(["toy", "--verbose"], { commands: [throwing(error)], io });
  assertStrictEquals(err.length, 2);
  assertStringIncludes(err[1]!, "the cause");
});

Deno.test("dispatch() has a help page for every command, by --help and by help", async () => {
  for (const { name, usage, summary, flags } of commands) {
    const first = recorder();
    assertStrictEquals(await dispatch([name, "--help"], { commands, io: first.io }), 0);
    const page = first.out.join("");
    assertStringIncludes(page, `Usage: depthbench ${usage}`);
    assertStringIncludes(page, summary);
    for (const flag of Object.keys(flags)) assertStringIncludes(page, `--${flag}`);
    const wide = page.split("\n").filter((line) => line.length > 110);
    assertEquals(wide, []);
    const second = recorder();
    await dispatch(["help", name], { commands, io: second.io });
    assertStrictEquals(second.out.join(""), page);
  }
});

Deno.test("dispatch() lists all commands without a command, and names the nearest", async () => {
  const bare = recorder();
  assertStrictEquals(await dispatch([], { commands, io: bare.io }), 64);
  for (const { name } of commands) assertStringIncludes(bare.out.join(""), `  ${name} `);
  const help = recorder();
  assertStrictEquals(await dispatch(["--help"], { commands, io: help.io }), 0);
  const wrong = recorder();
  assertStrictEquals(await dispatch(["generte"], { commands, io: wrong.io }), 64);
  assertEquals(wrong.err, ['Cannot find command "generte": did you mean "generate"?']);
});
