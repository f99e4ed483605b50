/**
 * Arguments → command → exit code. Whatever a command throws becomes one
 * sentence on stderr.
 *
 * @module
 */
import { readArguments } from "./arguments.ts";
import type { Command, Io } from "./command.ts";
import { EXIT, exitCodeOf, sentenceOf } from "./exit_code.ts";
import { findCommand, helpOf, overview } from "./help.ts";
import { stripControls } from "./terminal_text.ts";

/** Runs the command that `args` name and resolves to the exit code. */
export async function dispatch(
  args: readonly string[],
  { commands, io }: { readonly commands: readonly Command[]; readonly io: Io },
): Promise<number> {
  try {
    const [name, ...rest] = args;
    if (name === undefined || name === "--help" || name === "-h") {
      io.write(overview(commands));
      return name === undefined ? EXIT.usage : EXIT.done;
    }
    const command = findCommand(commands, name);
    const read = readArguments(command, rest);
    if (read.flags.has("help")) {
      io.write(helpOf(command));
      return EXIT.done;
    }
    return await command.run(read, io);
  } catch (error) {
    io.say(sentenceOf(error));
    if (args.includes("--verbose") && error instanceof Error) io.say(stackOf(error));
    return exitCodeOf(error);
  }
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return stripControls(`${error.stack ?? error.message}${cause}`);
}
