/**
 * Errors → exit code and one sentence.
 *
 * @module
 */
import { UsageError } from "../harness/contract/errors.ts";
import { oneLine } from "./terminal_text.ts";

/** Exit codes of all commands. Codes 1 and 2 belong to the gate of `compare`. */
export const EXIT = {
  /** Done, or a check that passed. */
  done: 0,
  /** Bad or unreadable input, a failed row or check, anything unexpected. */
  input: 3,
  /** Bad flags, unknown names, options out of range. */
  usage: 64,
  /** Stopped by Ctrl-C; what is done is kept. */
  interrupted: 130,
} as const;

/** Errors whose message is already the sentence that people should read. */
const OURS = [
  "UsageError",
  "InputError",
  "ModelFormatError",
  "ContractError",
  "UnsupportedError",
  "DeviceLostError",
];

/** The exit code of an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  return error instanceof UsageError ? EXIT.usage : EXIT.input;
}

/** The one sentence for stderr. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return `Cannot finish: unexpected ${oneLine(String(error))}`;
  const message = oneLine(error.message);
  if (OURS.includes(error.name)) return message;
  if (error instanceof Deno.errors.NotCapable) {
    return `Cannot finish without a permission: ${
      message.replace(/, run again with the --[\w-]+ flag/, "")
    }: ` +
      "name the path on the command line, so that the launcher grants it";
  }
  return `Cannot finish: unexpected ${error.name}: ${message}: run again with --verbose for the stack`;
}
