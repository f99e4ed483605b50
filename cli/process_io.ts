/**
 * `Io` over this process: stdout, stderr and Ctrl-C.
 *
 * @module
 */
import type { Io } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { startProgress } from "./progress.ts";

/** Opens the process's own `Io`. The second Ctrl-C ends the process at once. */
export function openProcessIo(): Io {
  const interrupt = new AbortController();
  const isTerminal = Deno.stderr.isTerminal() && !isSet("CI");
  Deno.addSignalListener("SIGINT", () => {
    if (interrupt.signal.aborted) Deno.exit(EXIT.interrupted);
    interrupt.abort();
    writeAll(Deno.stderr, "\nStopping after the current unit; Ctrl-C again stops at once\n");
  });
  // Schedulers send SIGTERM before they kill; Windows knows no such signal.
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", () => interrupt.abort());
  }
  return {
    write: (text) => writeAll(Deno.stdout, text),
    say: (line) => writeAll(Deno.stderr, `${line}\n`),
    color: Deno.stdout.isTerminal() && !Deno.noColor,
    signal: interrupt.signal,
    progress: () =>
      startProgress({
        terminal: isTerminal,
        columns: isTerminal ? Deno.consoleSize().columns : 80,
        now: () => performance.now(),
        write: (text) => writeAll(Deno.stderr, text),
      }),
  };
}

/** Writes all of `text`; a reader that went away ends the process quietly. */
function writeAll(stream: typeof Deno.stdout, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(EXIT.done);
    throw error;
  }
}

function isSet(name: string): boolean {
  const allowed = Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
  return allowed && (Deno.env.get(name) ?? "") !== "";
}
