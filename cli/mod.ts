/**
 * The explicit list of commands.
 *
 * @module
 */
import { checkCommand } from "./check.ts";
import type { Command } from "./command.ts";
import { doctorCommand } from "./doctor.ts";
import { createHelpCommand } from "./help.ts";
import { generateCommand } from "./generate.ts";
import { listCommand } from "./list.ts";

/** All commands, in the order in which the help shows them. */
export const commands: readonly Command[] = [
  generateCommand,
  listCommand,
  checkCommand,
  doctorCommand,
  createHelpCommand(() => commands),
];
