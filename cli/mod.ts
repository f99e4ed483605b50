/**
 * The explicit list of commands.
 *
 * @module
 */
import { calibrateCommand } from "./calibrate.ts";
import { blessCommand } from "./bless.ts";
import { checkCommand } from "./check.ts";
import type { Command } from "./command.ts";
import { compareCommand } from "./compare.ts";
import { doctorCommand } from "./doctor.ts";
import { generateCommand } from "./generate.ts";
import { createHelpCommand } from "./help.ts";
import { listCommand } from "./list.ts";
import { mergeCommand } from "./merge.ts";
import { replayCommand } from "./replay.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";
import { traceCommand } from "./trace.ts";

/** All commands, in the order in which the help shows them. */
export const commands: readonly Command[] = [
  runCommand,
  compareCommand,
  reportCommand,
  mergeCommand,
  blessCommand,
  generateCommand,
  traceCommand,
  replayCommand,
  calibrateCommand,
  listCommand,
  checkCommand,
  doctorCommand,
  createHelpCommand(() => commands),
];
