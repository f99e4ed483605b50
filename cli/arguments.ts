/**
 * Command-line arguments → what a command gets. Strict: an unknown flag, a
 * missing value, a surplus argument is a `UsageError` with the nearest name.
 *
 * Flags come as `--name value`, `--name=value`; switches stand alone; what
 * follows a bare `--` is positional.
 *
 * @module
 */
import { UsageError } from "../harness/contract/errors.ts";
import { didYouMean } from "../harness/nearest_name.ts";
import type { Command, CommandArguments, Flag } from "./command.ts";

/** Flags that every command has. */
export const COMMON_FLAGS: Readonly<Record<string, Flag>> = {
  help: { kind: "switch", help: "Shows this text" },
  verbose: { kind: "switch", help: "Shows the stack of an error" },
};

/** Reads the arguments that follow a command's name. */
export function readArguments(command: Command, args: readonly string[]): CommandArguments {
  const flags: Readonly<Record<string, Flag>> = { ...command.flags, ...COMMON_FLAGS };
  const given = new Map<string, string[]>();
  const positional: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--") {
      positional.push(...args.slice(i + 1));
      break;
    }
    if (arg === "-h") {
      given.set("help", []);
    } else if (/^-[^-\d]/.test(arg)) {
      throw unknownFlag(command, { arg, name: arg.slice(1), flags });
    } else if (arg.startsWith("--")) {
      const [, name = "", inline] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(arg)!;
      const flag = Object.hasOwn(flags, name) ? flags[name]! : undefined;
      if (flag === undefined) throw unknownFlag(command, { arg: `--${name}`, name, flags });
      const value = flag.kind === "switch" ? switchValue(name, inline) : inline ?? args[++i];
      if (value === undefined) {
        throw new UsageError(`Cannot read flag "--${name}": expected ${flag.value ?? "a value"}`);
      }
      const values = given.get(name) ?? [];
      if (values.length > 0 && flag.kind !== "texts" && flag.kind !== "switch") {
        throw new UsageError(`Cannot read flag "--${name}": expected it once: it came twice`);
      }
      given.set(name, [...values, value]);
    } else {
      positional.push(arg);
    }
  }
  const { least, most } = command.positional;
  const asksHelp = given.has("help");
  if (!asksHelp && (positional.length < least || positional.length > most)) {
    throw new UsageError(
      `Cannot run "${command.name}": expected ${
        countText(command.positional)
      }, ${positional.length} came: usage: ${command.usage}`,
    );
  }
  return { positional, flags: valuesOf(given) };
}

function switchValue(name: string, inline: string | undefined): string {
  if (inline === undefined) return "true";
  throw new UsageError(
    `Cannot read flag "--${name}": expected no value: current value is "${inline}"`,
  );
}

function unknownFlag(
  command: Command,
  at: { arg: string; name: string; flags: Readonly<Record<string, Flag>> },
): UsageError {
  const nearest = didYouMean(at.name, Object.keys(at.flags)).replaceAll(/"([^"]+)"/g, '"--$1"');
  return new UsageError(`Cannot read flag "${at.arg}" of "${command.name}": ${nearest}`);
}

function countText({ least, most }: Command["positional"]): string {
  const count = least === most
    ? `${least}`
    : most === Infinity
    ? `at least ${least}`
    : `${least} to ${most}`;
  return `${count} argument${count === "1" ? "" : "s"}`;
}

function valuesOf(given: ReadonlyMap<string, readonly string[]>): CommandArguments["flags"] {
  return {
    text: (name) => given.get(name)?.at(-1),
    texts: (name) => given.get(name) ?? [],
    has: (name) => given.has(name),
    number(name) {
      const text = given.get(name)?.at(-1);
      if (text === undefined) return undefined;
      const value = Number(text);
      if (text.trim() !== "" && Number.isFinite(value)) return value;
      throw new UsageError(
        `Cannot read flag "--${name}": expected a number: current value is "${text}"`,
      );
    },
  };
}
