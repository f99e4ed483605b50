/**
 * Help texts, made from the commands themselves.
 *
 * @module
 */
import { didYouMean } from "../harness/nearest_name.ts";
import { UsageError } from "../harness/contract/errors.ts";
import { COMMON_FLAGS } from "./arguments.ts";
import type { Command } from "./command.ts";

const EXIT_CODES =
  `Exit codes: 0 done; 64 bad flags, unknown names, options out of range; 3 bad or \
unreadable input,
a failed row or check; 130 stopped by Ctrl-C, the same command resumes.`;

/** The help page of one command. */
export function helpOf(command: Command): string {
  const rows = Object.entries({ ...command.flags, ...COMMON_FLAGS }).map(([name, flag]) =>
    [`--${name}${flag.value === undefined ? "" : ` ${flag.value}`}`, flag.help] as const
  );
  return [
    `${command.summary}.`,
    "",
    `Usage: depthbench ${command.usage}`,
    ...(command.details === undefined ? [] : ["", command.details]),
    "",
    "Flags:",
    ...table(rows),
    "",
    EXIT_CODES,
    "",
  ].join("\n");
}

/** The first page. */
export function overview(commands: readonly Command[]): string {
  return [
    "Depthbench compares early-exit, layer-skipping and draft policies for language models.",
    "",
    'Usage: depthbench <command> [arguments]    ("depthbench" is "deno task depthbench" in the clone)',
    "",
    "Commands:",
    ...table(commands.map((command) => [command.name, command.summary] as const)),
    "",
    'Each has its own page: "depthbench <command> --help".',
    EXIT_CODES,
    "",
  ].join("\n");
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** The command of that name. Throws `UsageError` with the nearest one. */
export function findCommand(commands: readonly Command[], name: string): Command {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  const names = commands.map((command) => command.name);
  throw new UsageError(`Cannot find command "${oneWord(name)}": ${didYouMean(name, names)}`);
}

function oneWord(name: string): string {
  return name.length > 40 ? `${name.slice(0, 39)}…` : name;
}

/** The `help` command, over the others. */
export function createHelpCommand(others: () => readonly Command[]): Command {
  return {
    name: "help",
    summary: "Show all commands, or the page of one",
    usage: "help [command]",
    flags: {},
    positional: { least: 0, most: 1 },
    run({ positional: [name] }, io): Promise<number> {
      io.write(name === undefined ? overview(others()) : helpOf(findCommand(others(), name)));
      return Promise.resolve(0);
    },
  };
}
