/**
 * The shape of a command and of what it may use: arguments already read, and
 * an `Io` to write results, talk about progress and learn of Ctrl-C.
 *
 * @module
 */
import type { RunProgress } from "./progress.ts";

/** How a flag is read. */
export interface Flag {
  /** A text or a number follows it; a switch stands alone; texts may be repeated. */
  readonly kind: "text" | "texts" | "number" | "switch";
  /** Placeholder of its value in the help: `"<path>"`. */
  readonly value?: string;
  /** What it does, one line, with its default. */
  readonly help: string;
}

/** Flags as given. Absent ones are `undefined`. */
export interface FlagValues {
  /** A text. */
  text(name: string): string | undefined;
  /** Texts of a flag that may be repeated; empty when absent. */
  texts(name: string): readonly string[];
  /** A finite number. */
  number(name: string): number | undefined;
  /** Whether a switch is there. */
  has(name: string): boolean;
}

/** Arguments as a command gets them. */
export interface CommandArguments {
  /** Positional arguments. */
  readonly positional: readonly string[];
  /** Flags. */
  readonly flags: FlagValues;
}

/** Shows how far a run is. */
export interface ProgressLine {
  /** Shows where it stands now. */
  update(progress: RunProgress): void;
  /** Ends the line. */
  end(): void;
}

/** What a command may use of the world. */
export interface Io {
  /** Writes a result to stdout. */
  write(text: string): void;
  /** Writes a line for people to stderr. */
  say(line: string): void;
  /** Whether stdout is a terminal that shows colours. */
  readonly color: boolean;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Starts to show progress on stderr. */
  progress(): ProgressLine;
}

/** A command. */
export interface Command {
  /** Its name. */
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** How it is called, without the program's name. */
  readonly usage: string;
  /** More for its help page, lines of at most 100 characters. */
  readonly details?: string;
  /** Its flags by name, without dashes. `--help` and `--verbose` are everyone's. */
  readonly flags: Readonly<Record<string, Flag>>;
  /** Fewest and most positional arguments. */
  readonly positional: { readonly least: number; readonly most: number };
  /** Runs it and resolves to the exit code. */
  run(args: CommandArguments, io: Io): Promise<number>;
}
